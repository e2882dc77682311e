// All kinds of alerts that trees of routes tell apart, found from their matchers: one label set for each.
import { bitSet, hasBit, isEmpty, NO_BITS, overlaps, without } from './bit-set.ts';
import type { BitSet } from './bit-set.ts';
import { labelValue } from './label-set.ts';
import type { LabelSet } from './label-set.ts';
import type { CompiledMatcher } from './matching.ts';
import { patternSamples } from './pattern-samples.ts';
import { matchingRoutes } from './routing.ts';
import type { RouteNode, Routing } from './routing.ts';

/** The alerts that take the same routes through every tree for the same reasons. */
export interface LabelRegion {
  /** One of them, with as few labels as can be. */
  readonly labels: LabelSet;
  /** A value for a further label that changes none of its routes; undefined when every value would. */
  readonly filler: (name: string) => string | undefined;
  /** Its routes in each tree, in the order of the trees. */
  readonly routes: readonly (readonly RouteNode[])[];
}

export interface LabelRegions {
  readonly regions: readonly LabelRegion[];
  /** False when there were too many to look at all of them. */
  readonly complete: boolean;
}

const MOST_REGIONS = 20_000;

/**
 * Looks at the trees with labels that are known only as far as a matcher asked for them, and goes both ways wherever a
 * matcher may say either. Values are those that the matchers name, samples of their patterns, and none of them; so a
 * region is missed only where patterns meet in values that no sample shows, or where a value holds a line end.
 */
export function findLabelRegions(
  trees: readonly Routing[],
  mostRegions: number = MOST_REGIONS,
): LabelRegions {
  const known = knownClasses(trees.flatMap(({ root }) => matchersOf(root)));
  const regions: LabelRegion[] = [];
  const waiting: Region[] = [new Map()];
  for (let region = waiting.pop(); region !== undefined; region = waiting.pop()) {
    if (regions.length + waiting.length >= mostRegions) return { regions, complete: false };
    const routed = routeRegion(trees, region, known);
    if ('undecided' in routed) waiting.push(...split(region, routed.undecided, known));
    else regions.push({ ...describe(region, known), routes: routed.routes });
  }
  return { regions, complete: true };
}

const matchersOf = (route: RouteNode): CompiledMatcher[] => [
  ...route.matchers,
  ...route.routes.flatMap(matchersOf),
];

/** Values of a label that all matchers take alike. */
interface ValueClass {
  /** '' when it holds the absent label. */
  readonly value: string;
  /** One that is not empty, when it holds any. */
  readonly filler: string | undefined;
}

interface LabelClasses {
  readonly classes: readonly ValueClass[];
  readonly all: BitSet;
}

interface KnownClasses {
  readonly byLabel: ReadonlyMap<string, LabelClasses>;
  /** Which of its label's classes a matcher accepts. */
  readonly accepted: ReadonlyMap<CompiledMatcher, BitSet>;
}

/** The classes that a label's value may still be of; labels that no matcher asked for may be anything. */
type Region = ReadonlyMap<string, BitSet>;

function knownClasses(matchers: readonly CompiledMatcher[]): KnownClasses {
  const byLabel = new Map<string, LabelClasses>();
  const accepted = new Map<CompiledMatcher, BitSet>();
  for (const [name, group] of Map.groupBy(matchers, ({ matcher }) => matcher.name)) {
    const found = classesOf(group);
    byLabel.set(name, {
      classes: found.map(({ value, filler }) => ({ value, filler })),
      all: bitSet(found.map(() => true)),
    });
    for (const [index, matcher] of group.entries())
      accepted.set(matcher, bitSet(found.map(({ verdicts }) => verdicts[index] === true)));
  }
  return { byLabel, accepted };
}

function classesOf(
  matchers: readonly CompiledMatcher[],
): (ValueClass & { readonly verdicts: readonly boolean[] })[] {
  const classes = new Map<string, ValueClass & { readonly verdicts: readonly boolean[] }>();
  for (const value of candidateValues(matchers)) {
    const verdicts = matchers.map(({ accepts }) => accepts(value));
    const key = verdicts.map(Number).join('');
    const known = classes.get(key);
    const filler = known?.filler ?? (value === '' ? undefined : value);
    classes.set(key, {
      value: known?.value ?? value,
      filler,
      verdicts: known?.verdicts ?? verdicts,
    });
  }
  return [...classes.values()];
}

/** Values that no matcher is likely to name. */
const OTHERS = ['other', 'another-0', 'Z', '7'];
/** Of the values in which two patterns may meet. */
const MOST_MEETINGS = 400;

function candidateValues(matchers: readonly CompiledMatcher[]): Set<string> {
  const patterns = matchers.filter(({ matcher }) => matcher.operator.endsWith('~'));
  const named = matchers
    .filter((each) => !patterns.includes(each))
    .map(({ matcher }) => matcher.value);
  const samples = patterns.map(({ matcher }) => patternSamples(matcher.value));
  const firsts = [...new Set(samples.flatMap((list) => list.slice(0, 3)))];
  const meetings = firsts
    .flatMap((left) => firsts.map((right) => left + right))
    .slice(0, MOST_MEETINGS);
  return new Set([
    '',
    ...named,
    ...samples.flat(),
    ...OTHERS,
    ...(patterns.length > 1 ? meetings : []),
  ]);
}

function routeRegion(
  trees: readonly Routing[],
  region: Region,
  known: KnownClasses,
): { readonly undecided: CompiledMatcher } | { readonly routes: readonly RouteNode[][] } {
  let undecided: CompiledMatcher | undefined;
  const fits = (route: RouteNode): boolean =>
    // Where one matcher is open, what comes after it is of no use.
    undecided === undefined &&
    route.matchers.every((matcher) => {
      const verdict = verdictOf(matcher, region, known);
      if (verdict === undefined) undecided ??= matcher;
      return verdict === true;
    });
  const routes = trees.map(({ root }) => matchingRoutes(root, region, fits));
  return undecided === undefined ? { routes } : { undecided };
}

/** undefined while some of the label's possible values fit and others do not. */
function verdictOf(
  matcher: CompiledMatcher,
  region: Region,
  known: KnownClasses,
): boolean | undefined {
  const possible = possibleClasses(matcher.matcher.name, region, known);
  const accepted = known.accepted.get(matcher) ?? NO_BITS;
  if (!overlaps(possible, accepted)) return false;
  return isEmpty(without(possible, accepted)) ? true : undefined;
}

const possibleClasses = (name: string, region: Region, { byLabel }: KnownClasses): BitSet =>
  region.get(name) ?? byLabel.get(name)?.all ?? NO_BITS;

function split(region: Region, matcher: CompiledMatcher, known: KnownClasses): Region[] {
  const { name } = matcher.matcher;
  const possible = possibleClasses(name, region, known);
  const others = without(possible, known.accepted.get(matcher) ?? NO_BITS);
  return [others, without(possible, others)].map((left) => new Map(region).set(name, left));
}

function describe(region: Region, known: KnownClasses): Pick<LabelRegion, 'labels' | 'filler'> {
  const possible = (name: string): readonly ValueClass[] => {
    const bits = possibleClasses(name, region, known);
    return (known.byLabel.get(name)?.classes ?? []).filter((_, index) => hasBit(bits, index));
  };
  const labels = Object.fromEntries(
    [...region.keys()]
      .map((name) => [name, possible(name)[0]?.value ?? ''] as const)
      .filter(([, value]) => value !== ''),
  );
  return {
    labels,
    filler(name) {
      if (labelValue(labels, name) !== '') return labelValue(labels, name);
      if (!known.byLabel.has(name)) return OTHERS[0];
      return possible(name).find(({ filler }) => filler !== undefined)?.filler;
    },
  };
}
