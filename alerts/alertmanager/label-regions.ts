// All kinds of alerts that trees of routes tell apart, found from their matchers: one label set for each.
import { anchored } from '../../formats/regular-expression.ts';
import { followPattern, textClasses } from '../../formats/text-classes.ts';
import { bitSet, hasBit, NO_BITS, shareOf, without } from './bit-set.ts';
import type { BitSet } from './bit-set.ts';
import { labelValue } from './label-set.ts';
import type { LabelSet } from './label-set.ts';
import { isPositive } from './matching.ts';
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
 * matcher may say either. Values are those that the matchers name, samples of their patterns, one for every way in which
 * the patterns meet, and none of them; so a region is missed only where a label has too many patterns to follow or asks for
 * boundaries of words, and then only where they meet in values that no sample shows, or where a value holds a line end.
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
  return { regions, complete: known.complete };
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
  /** False when a label had more values than were looked at. */
  readonly complete: boolean;
}

/** The classes that a label's value may still be of; labels that no matcher asked for may be anything. */
type Region = ReadonlyMap<string, BitSet>;

function knownClasses(matchers: readonly CompiledMatcher[]): KnownClasses {
  const byLabel = new Map<string, LabelClasses>();
  const accepted = new Map<CompiledMatcher, BitSet>();
  let complete = true;
  for (const [name, group] of Map.groupBy(matchers, ({ matcher }) => matcher.name)) {
    const patterns = group.filter(({ named }) => named === undefined);
    const named = new Set(group.flatMap((each) => [...(each.named ?? [])]));
    const values = [...candidateValues(named, patterns)];
    const most = Math.floor(MOST_VERDICTS / (patterns.length + 1));
    complete &&= values.length <= most;
    const classes = classesOf(values.slice(0, most), named, patterns);
    const positions = new Map(classes.map(({ value }, index) => [value, index]));
    byLabel.set(name, { classes, all: bitSet(classes.length, classes.keys()) });
    for (const matcher of group)
      accepted.set(matcher, acceptedClasses(matcher, classes, positions));
  }
  return { byLabel, accepted, complete };
}

/** Values of one label × patterns that ask for it. */
const MOST_VERDICTS = 5_000_000;

/** Values that some matcher names stand alone; the others are told apart by what the patterns say to them. */
function classesOf(
  values: readonly string[],
  named: ReadonlySet<string>,
  patterns: readonly CompiledMatcher[],
): ValueClass[] {
  const classes = new Map<string, ValueClass>();
  for (const value of values) {
    const key = named.has(value)
      ? `named ${value}`
      : patterns.map(({ accepts }) => Number(accepts(value))).join('');
    const known = classes.get(key);
    const filler = known?.filler ?? (value === '' ? undefined : value);
    classes.set(key, { value: known?.value ?? value, filler });
  }
  return [...classes.values()];
}

function acceptedClasses(
  { matcher, named, accepts }: CompiledMatcher,
  classes: readonly ValueClass[],
  positions: ReadonlyMap<string, number>,
): BitSet {
  const fitting = [...classes.keys()];
  if (named === undefined)
    return bitSet(
      classes.length,
      fitting.filter((index) => accepts(classes[index]?.value ?? '')),
    );
  const mentioned = [...named].flatMap((value) => positions.get(value) ?? []);
  const bits = bitSet(classes.length, mentioned);
  return isPositive(matcher) ? bits : without(bitSet(classes.length, fitting), bits);
}

/** Values that no matcher is likely to name. */
const OTHERS = ['other', 'another-0', 'Z', '7'];
/** Of following the patterns of a label: a tenth of a second. */
const EFFORT_A_LABEL = 300_000;
/** Of the samples whose pairs may be where two patterns meet. */
const MOST_MEETINGS = 24;

function candidateValues(
  named: ReadonlySet<string>,
  patterns: readonly CompiledMatcher[],
): Set<string> {
  const samples = patterns.map(({ matcher }) => patternSamples(matcher.value));
  const firsts = [...new Set(samples.flatMap((list) => list.slice(0, 3)))].slice(0, MOST_MEETINGS);
  const meetings = firsts.flatMap((left) => firsts.map((right) => left + right));
  const exact = textClasses(
    [...new Set(patterns.map(({ matcher }) => anchored(matcher.value)))].map(followPattern),
    {
      left: EFFORT_A_LABEL,
    },
  );
  const shown = exact?.map(({ text }) => text) ?? [];
  return new Set(['', ...named, ...samples.flat(), ...OTHERS, ...meetings, ...shown]);
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
  const share = shareOf(possible, accepted);
  return share === 'some' ? undefined : share === 'all';
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
