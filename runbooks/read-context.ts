// Reads what stands around the steps of a runbook: who is called next, dashboards, past incidents, dates.
import { type DefinitionReader, refuseType, type TextRule } from '../slo/definition-reader.ts';
import type { Report } from '../slo/diagnostic.ts';
import { formatDuration } from '../slo/duration.ts';
import { isRecord } from '../slo/plain-data.ts';
import { DURATION_RULE, NAME_RULE, URL_RULE } from '../slo/text-rules.ts';
import { elementsOf } from './read-steps.ts';
import type { EscalationLevel, PastIncident, RunbookLink } from './runbook.ts';

const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;

/** A day of the Gregorian calendar. */
export const DATE_RULE: TextRule<string> = {
  code: 'not-a-date',
  parse: (text) => (dayStart(text) === undefined ? undefined : text),
  expected: 'a calendar day',
  remedy: `Write year, month and day: '2026-11-22'.`,
};

/** The epoch second at which a day begins in UTC; undefined when the text is no day. */
export function dayStart(text: string): number | undefined {
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const moment = new Date(Date.UTC(year, month - 1, day));
  return moment.toISOString().startsWith(text) ? moment.getTime() / 1000 : undefined;
}

/** Seconds from one level of an escalation to the next. */
export const NEXT_LEVEL_SECONDS = 900;

const MOST = 20;

/** Levels in the order in which they are called. */
export function readEscalation(reader: DefinitionReader): readonly EscalationLevel[] {
  const levels: EscalationLevel[] = [];
  for (const level of elementsOf(
    reader,
    'escalation',
    ['to', 'after'],
    `{ to: shop, after: '15m' }`,
  )) {
    const to = level.raw('to');
    const name =
      typeof to === 'string' ? level.text('to', 200) : readTeam(to, level.at('to'), level.report);
    const before = levels.at(-1)?.afterSeconds;
    const written = level.raw('after') === '0s' ? 0 : level.parsed('after', DURATION_RULE);
    const afterSeconds = written ?? (before === undefined ? 0 : before + NEXT_LEVEL_SECONDS);
    if (before !== undefined && afterSeconds <= before)
      level.refuse('after', {
        code: 'out-of-range',
        message: `${formatDuration(afterSeconds)} is not after the level before, which is called after ${formatDuration(before)}.`,
        remedy: `Count from the alert: '${formatDuration(before + NEXT_LEVEL_SECONDS)}'.`,
      });
    if (name !== undefined) levels.push({ to: name, isTeam: typeof to !== 'string', afterSeconds });
  }
  return levels;
}

/** The name of a team that is passed itself. */
export function readTeam(written: unknown, path: string, report: Report): string | undefined {
  const name = isRecord(written) && written['kind'] === 'team' ? written['name'] : undefined;
  if (typeof name === 'string' && NAME_RULE.parse(name) !== undefined) return name;
  return refuseType(written, path, report, 'a team', 'Pass what defineTeam returned.');
}

export function readDashboards(reader: DefinitionReader): readonly RunbookLink[] {
  const example = `{ title: 'Checkout', url: 'https://grafana.example/d/checkout' }`;
  return elementsOf(
    reader,
    'dashboards',
    ['title', 'url'],
    example,
    ['title', 'url'],
    MOST,
  ).flatMap((each) => {
    const title = each.text('title', 200);
    const url = each.parsed('url', URL_RULE);
    return title === undefined || url === undefined ? [] : [{ title, url }];
  });
}

/** The newest first. */
export function readIncidents(reader: DefinitionReader): readonly PastIncident[] {
  const example = `{ date: '2026-03-14', title: 'Certificates ran out' }`;
  const known = ['date', 'title', 'url'];
  return elementsOf(reader, 'incidents', known, example, ['date', 'title'], 100)
    .flatMap((each) => {
      const date = each.parsed('date', DATE_RULE);
      const title = each.text('title', 200);
      const url = each.parsed('url', URL_RULE);
      if (date === undefined || title === undefined) return [];
      return [{ date, title, ...(url === undefined ? {} : { url }) }];
    })
    .toSorted((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0));
}
