// Writes the rule files of many services that differ in names, selectors and texts alone: once, and then with holes filled.
import { formatStringLiteral } from '../../formats/string-literal.ts';
import type { Slo } from '../../slo/slo.ts';
import type { CountedSlos } from './counted-slos.ts';
import { quoted } from './rule-file.ts';
import { sloKey } from './slo-key.ts';
import { escapeTemplate } from './template-text.ts';

/** One service's SLOs, each counted by itself, and a text of rules about them. */
export interface RepeatedTextOptions {
  /** Counts again what only serves as a pattern. */
  readonly count: (slo: Slo) => CountedSlos | undefined;
  readonly write: (counted: readonly CountedSlos[]) => string;
}

/** Shapes of services that are kept; whatever comes after them is written each by itself. */
const MOST_SHAPES = 200;

/**
 * Gives what `write` gives, bytes and all, several times as fast where services are alike. A shape that comes a second time
 * is written with marks in place of what differs, and is used from then on if it gives that service's own text back.
 */
export function createRepeatedTexts({
  count,
  write,
}: RepeatedTextOptions): (counted: readonly CountedSlos[]) => string {
  const shapes = new Map<string, FilledText | 'once' | 'unlike'>();
  return (counted) => {
    const patterns = counted.flatMap(patternOf);
    if (patterns.length !== counted.length) return write(counted);
    const key = patterns.map(({ slo }) => sloKey(slo)).join('\n');
    const known = shapes.get(key);
    if (typeof known === 'object') return fill(known, patterns);
    const text = write(counted);
    if (known === 'once') shapes.set(key, textWithHoles(patterns, text, { count, write }));
    else if (known === undefined && shapes.size < MOST_SHAPES) shapes.set(key, 'once');
    return text;
  };
}

/** An SLO with marks, and what stands for them; SLOs of one shape have the same marks in the same order. */
interface Pattern {
  readonly slo: Slo;
  readonly marks: readonly string[];
  readonly values: readonly string[];
}

interface FilledText {
  readonly pieces: readonly string[];
  /** What follows each piece but the last: which value of which SLO. */
  readonly holes: readonly { readonly of: number; readonly at: number }[];
}

/** Marks are words of letters and digits, the same quoted or not. */
const SERVICE = 'q9service9q';

/** None for an SLO that is not counted by plain selectors: nobody writes a thousand of those that are alike. */
function patternOf({ slos, tile }: CountedSlos, index: number): readonly Pattern[] {
  const [slo] = slos;
  if (slo === undefined || tile.reads === undefined || slo.sli.form.form !== 'counters') return [];
  const { total, part, isOneMetric, told } = tile.reads;
  const { form } = slo.sli;
  const [all, some] = [`q9total${index}9q`, `q9part${index}9q`];
  const [label, value] = [`q9label${index}9q`, `q9value${index}9q`];
  // Told from its metric wherever it stands, as itself or in quotes; one matcher more than the total only when the part has.
  const more =
    told === undefined
      ? `${label}="",${value}=""`
      : `${label}${told.matching === 'bad' ? '=' : '!='}"${value}"`;
  const partMark = `${isOneMetric ? all : some}{${more}}`;
  const holes = new Map([
    [SERVICE, slo.service.name],
    [partMark, part],
    [inQuotes(partMark), inQuotes(form.part.selector)],
    [all, total],
    ...(told === undefined
      ? []
      : ([
          [`"${label}", "${value}"`, `"${told.label}", ${formatStringLiteral(told.pattern)}`],
        ] as const)),
  ]);
  const marked = (name: string, value: string | undefined): string | undefined => {
    if (value === undefined) return undefined;
    const mark = `q9${name}${index}9q`;
    holes.set(mark, inQuotes(value));
    return mark;
  };
  const description = marked('description', slo.description);
  const dashboardUrl = marked('dashboard', slo.dashboardUrl);
  const { description: _, ...service } = slo.service;
  return [
    {
      marks: [...holes.keys()],
      values: [...holes.values()],
      slo: {
        ...slo,
        id: `${SERVICE}/${slo.name}`,
        service: { ...service, name: SERVICE, links: {} },
        sli: {
          ...slo.sli,
          form: { ...form, total: { selector: all }, part: { selector: partMark } },
        },
        ...(description !== undefined && { description }),
        ...(dashboardUrl !== undefined && { dashboardUrl }),
      },
    },
  ];
}

/** As in an annotation. */
function inQuotes(text: string): string {
  return quoted(escapeTemplate(text)).slice(1, -1);
}

function textWithHoles(
  patterns: readonly Pattern[],
  text: string,
  { count, write }: RepeatedTextOptions,
): FilledText | 'unlike' {
  const counted = patterns.flatMap(({ slo }) => count(slo) ?? []);
  const owners = new Map(
    patterns.flatMap(({ marks }, of) => marks.map((mark, at) => [mark, { of, at }] as const)),
  );
  const found = write(counted).split(anyOf([...owners.keys()]));
  const filled: FilledText = {
    pieces: found.filter((_, at) => at % 2 === 0),
    holes: found.flatMap((mark, at) => (at % 2 === 0 ? [] : (owners.get(mark) ?? []))),
  };
  return counted.length === patterns.length && fill(filled, patterns) === text ? filled : 'unlike';
}

/** The longest first: one mark may begin with another. */
function anyOf(marks: readonly string[]): RegExp {
  const sources = marks
    .toSorted((a, b) => b.length - a.length)
    .map((mark) => mark.replaceAll(/[{}\\]/g, String.raw`\$&`));
  return new RegExp(`(${sources.join('|')})`);
}

function fill({ pieces, holes }: FilledText, patterns: readonly Pattern[]): string {
  const parts = [pieces[0] ?? ''];
  holes.forEach(({ of, at }, index) => {
    parts.push(patterns[of]?.values[at] ?? '', pieces[index + 1] ?? '');
  });
  return parts.join('');
}
