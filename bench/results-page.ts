// The page of results: a section for each benchmark in the order of the goals, in the shape that the formatter keeps.
import { format, resolveConfig } from 'prettier';
import type { Figure, Result } from './measurement.ts';

const HEAD = `# Benchmark results

Made by \`npm run bench\` (one: \`npm run bench -- P2\`). Ratios are taken in one run, ours and the peer's rounds in turn, on the
same machine; figures are medians with the range of all rounds; counts are compared for equality before a speed is printed.
`;

/** A result, and the sentence that says which machine it was measured on and how busy that was. */
export interface MeasuredResult {
  readonly result: Result;
  readonly machine: string;
}

/**
 * The page with the sections of these results in place of older ones.
 * @param page as it was, '' when there was none
 * @param file where it is kept, for the settings of the formatter
 */
export async function resultsPage(
  page: string,
  fresh: readonly MeasuredResult[],
  file: string,
): Promise<string> {
  const sections = new Map<string, string>();
  for (const part of page.split(/^(?=## )/m)) {
    const id = /^## (P\d+) /.exec(part)?.[1];
    if (id !== undefined) sections.set(id, part.trimEnd());
  }
  for (const measured of fresh) sections.set(measured.result.id, resultSection(measured));
  const inOrder = [...sections].sort(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1)));
  const text = `${HEAD}\n${inOrder.map(([, section]) => section).join('\n\n')}\n`;
  return format(text, { ...(await resolveConfig(file)), parser: 'markdown' });
}

/** A result as Markdown, its table not aligned yet. */
export function resultSection({ result, machine }: MeasuredResult): string {
  return [
    `## ${result.id} ${result.title}`,
    '',
    `Goal: ${result.goal}. **${result.verdict}**`,
    '',
    '| figure | median | range | rounds |',
    '| --- | --- | --- | --- |',
    ...result.figures.map(row),
    '',
    ...result.notes.map((note) => `- ${note}`),
    `- ${machine}`,
  ].join('\n');
}

function row({ name, unit, median, low, high, rounds }: Figure): string {
  const range = rounds === 1 ? '–' : `${short(low)} … ${short(high)} ${unit}`;
  return `| ${name} | ${short(median)} ${unit} | ${range} | ${rounds} |`;
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumSignificantDigits: 3 });
}
