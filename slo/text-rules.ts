// The rules of text that definitions share: names, durations, percentages, links, labels.
import type { DefinitionReader, TextRule } from './definition-reader.ts';
import { type Fraction, fraction, parseDecimal } from './decimal.ts';
import { printValue } from './diagnostic.ts';
import { parseDuration } from './duration.ts';
import { RESERVED_LABELS } from './names.ts';
import { isRecord } from './plain-data.ts';

const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Names of services, SLOs, teams and connections. */
export const NAME_RULE: TextRule<string> = {
  code: 'not-a-name',
  parse: (text) => (NAME.test(text) ? text : undefined),
  expected: 'a name',
  remedy: 'Use 1 to 63 lower-case letters, digits and dashes, with no dash at either end.',
};

export const DURATION_RULE: TextRule<number> = {
  code: 'not-a-duration',
  parse: parseDuration,
  expected: 'a duration',
  remedy: `Write a whole number with s, m, h, d or w: '90s', '5m', '30d'.`,
};

/** A percentage from 0% to below 100%, as a ratio. */
export const PERCENTAGE_RULE: TextRule<Fraction> = {
  code: 'not-a-percentage',
  parse(text) {
    const percent = text.endsWith('%') ? parseDecimal(text.slice(0, -1)) : undefined;
    if (percent === undefined || percent.num >= percent.den * 100 || percent.den > 1e6)
      return undefined;
    return fraction(percent.num, percent.den * 100);
  },
  expected: 'a percentage from 0% to below 100%',
  remedy: `Write a decimal with %, up to six decimals: '5%'.`,
};

/** An absolute http or https address, without a password in it, as written but without trailing slashes. */
export const URL_RULE: TextRule<string> = {
  code: 'not-a-url',
  parse(text) {
    if (!/^https?:\/\/[^\s]+$/i.test(text) || text.length > 2048 || !URL.canParse(text))
      return undefined;
    const url = new URL(text);
    return url.username === '' && url.password === '' ? text.replace(/\/+$/, '') : undefined;
  },
  expected: 'an http or https address',
  remedy: `Write it with its scheme and without user and password: 'https://wiki.example/checkout'.`,
};

const LABEL = /^(?!__)[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const MOST_LABELS = 30;
const LONGEST_LABEL_VALUE = 500;

/** Whether a label name is one that a definition may set or group by; reports why not. */
export function checkLabelName(
  name: string,
  refuse: (problem: { code: 'not-a-label'; message: string; remedy: string }) => void,
): boolean {
  const reserved = name === 'le' || RESERVED_LABELS.some((each) => each === name);
  if (LABEL.test(name) && !reserved) return true;
  refuse({
    code: 'not-a-label',
    message: reserved
      ? `The label ${printValue(name)} is reserved: it is set by Ninefold or by Prometheus.`
      : `${printValue(name)} is not a label name.`,
    remedy: reserved
      ? `Choose another name. Reserved: ${RESERVED_LABELS.join(', ')}, le.`
      : 'Use letters, digits and _, beginning with a letter or one _.',
  });
  return false;
}

/** The extra labels of a service or an SLO; {} when there are none. */
export function readLabels(reader: DefinitionReader): Readonly<Record<string, string>> {
  const written = reader.raw('labels');
  const labels = reader.object('labels', {
    known: isRecord(written) ? Object.keys(written) : [],
    example: `{ environment: 'production' }`,
  });
  if (labels === undefined || !isRecord(written)) return {};
  const names = Object.keys(written);
  if (names.length > MOST_LABELS)
    reader.refuse('labels', {
      code: 'out-of-range',
      message: `There are ${names.length} labels.`,
      remedy: `Give at most ${MOST_LABELS}.`,
    });
  const result: Record<string, string> = {};
  for (const name of names.slice(0, MOST_LABELS)) {
    const named = checkLabelName(name, (problem) => labels.refuse(name, problem));
    const value = labels.text(name, LONGEST_LABEL_VALUE);
    if (named && value !== undefined) result[name] = value;
  }
  return result;
}
