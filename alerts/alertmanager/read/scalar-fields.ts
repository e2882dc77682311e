// One reader for each type of single value: a text, a number, a duration, a URL, a matcher.
import { parseGoDuration, parsePrometheusDuration } from '../../../formats/go-duration.ts';
import { parseGoUrl, splitHostPort } from '../../../formats/go-url.ts';
import { templateProblem } from '../../../formats/go-template.ts';
import { compileAnchored } from '../../../formats/regular-expression.ts';
import type { YamlScalar } from '../../../formats/yaml-document.ts';
import type { YamlValue } from '../../../formats/yaml-value.ts';
import type { RouteMatcher } from '../configuration.ts';
import { isSupported } from '../capability.ts';
import type { FindingCode } from '../finding.ts';
import { CLASSIC_LABEL_NAME, isFutureMatcher, parseMatchers } from '../matcher.ts';
import {
  isZone,
  parseDaysOfMonth,
  parseMonths,
  parseWeekdays,
  parseYears,
} from '../time-interval.ts';
import type { Reading } from './reading.ts';

/** A scalar that is not null, and where it stands. */
export interface ScalarContext {
  readonly reading: Reading;
  readonly node: YamlScalar;
  readonly resolved: YamlValue;
  readonly path: string;
}

type ScalarField = (context: ScalarContext) => unknown;

/** What Alertmanager writes in place of a secret, and takes for one again. */
const HIDDEN = '<secret>';
const INTEGER_LIMIT = 2n ** 63n;

/** Any scalar is a text; a null by another spelling is the empty one. */
function textOf({ node, resolved }: ScalarContext): string {
  if (resolved.type === 'null') return '';
  return resolved.type === 'string' ? resolved.value : node.value;
}

function template(secret: boolean): ScalarField {
  return (context) => {
    const text = textOf(context);
    context.reading.noteTemplate(context.node, text, context.path, { secret });
    return text;
  };
}

/** A text that must fit; undefined when it does not, which is noted. */
function parsed<Result>(
  code: FindingCode,
  remedy: string,
  parse: (text: string, context: ScalarContext) => Result,
  secret = false,
): ScalarField {
  return (context) => {
    const text = textOf(context);
    try {
      return parse(text, context);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const message = secret
        ? `${context.path} is no URL that Alertmanager takes`
        : `${context.path}: ${error.message}`;
      context.reading.findings.error(
        code,
        context.node,
        message,
        remedy,
        secret ? undefined : text,
      );
      return undefined;
    }
  };
}

function mismatch({ reading, node, path }: ScalarContext, wanted: string): undefined {
  reading.findings.error(
    'wrong-type',
    node,
    `${path} is "${node.value.slice(0, 60)}", where Alertmanager wants ${wanted}`,
    `Write ${wanted}${node.implicit ? '' : ' without quotes'}.`,
    node.value,
  );
  return undefined;
}

function numberField(lowest: bigint, beyond: bigint): ScalarField {
  return (context) => {
    const { resolved } = context;
    if (resolved.type === 'null') return undefined;
    if (resolved.type === 'integer' && resolved.value >= lowest && resolved.value < beyond) {
      return Number(resolved.value);
    }
    // Go cuts the fraction off.
    if (resolved.type === 'float' && resolved.value <= Number(beyond))
      return Math.trunc(resolved.value);
    return mismatch(
      context,
      lowest === 0n ? 'a whole number that is not negative' : 'a whole number',
    );
  };
}

/** http or https, and a host. */
function httpUrl(text: string): string {
  const url = parseGoUrl(text);
  if (url.scheme !== 'http' && url.scheme !== 'https') {
    throw new SyntaxError(`unsupported scheme "${url.scheme}" for URL`);
  }
  if (url.host === '') throw new SyntaxError('missing host for URL');
  return text;
}

const URL_REMEDY = 'Write a URL with http or https and a host, such as https://example.org/hook.';
const DURATION_REMEDY =
  'Write a duration such as 30s, 5m or 1h30m: whole numbers, largest unit first.';

function templateUrl(text: string, context: ScalarContext): string {
  if (text === '' || text === HIDDEN) return text;
  if (!text.includes('{{')) return httpUrl(text);
  const problem = templateProblem(text, []);
  context.reading.noteTemplate(context.node, text, context.path, {
    parsedOnLoad: true,
    secret: true,
  });
  if (problem !== undefined) {
    context.reading.findings.error(
      'invalid-template',
      context.node,
      `${context.path} is parsed as a template when the file is loaded: ${problem.message}`,
      "Mend the template; only Go's own functions can be used here.",
    );
  }
  return text;
}

function matchers(text: string, { reading, node }: ScalarContext): readonly RouteMatcher[] {
  const position = { line: node.line, column: node.column };
  const parsedMatchers = parseMatchers(text, reading.target);
  if (isSupported('0.28', reading.target) && !isFutureMatcher(text)) {
    reading.findings.warning(
      'ambiguous-matcher',
      node,
      `Alertmanager ${reading.target} reads ${text} by its old parser only; a later version will refuse it or read it otherwise`,
      'Put the value in double quotes, and double each backslash in them.',
      text,
    );
  }
  return parsedMatchers.map((matcher) => ({ ...matcher, position }));
}

function goDuration(context: ScalarContext): number | undefined {
  const { resolved } = context;
  if (resolved.type === 'null') return undefined;
  if (resolved.type === 'integer' && resolved.value < INTEGER_LIMIT) {
    return Number(resolved.value) / 1_000_000;
  }
  if (resolved.type === 'float' && resolved.value <= Number(INTEGER_LIMIT))
    return resolved.value / 1_000_000;
  if (resolved.type === 'string') {
    try {
      return parseGoDuration(resolved.value);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return mismatch(context, 'a duration such as 10s or 1m30s');
}

export const SCALAR_FIELDS: Readonly<Record<string, ScalarField>> = {
  text: textOf,
  path: textOf,
  secret: textOf,
  'optional-secret': textOf,
  template: template(false),
  'secret-template': template(true),
  boolean: (context) => {
    if (context.resolved.type === 'boolean') return context.resolved.value;
    return context.resolved.type === 'null' ? undefined : mismatch(context, 'true or false');
  },
  integer: numberField(-INTEGER_LIMIT, INTEGER_LIMIT),
  natural: numberField(0n, 2n ** 64n),
  number: (context) => {
    const { resolved } = context;
    if (resolved.type === 'float') return resolved.value;
    if (resolved.type === 'integer') return Number(resolved.value);
    return resolved.type === 'null' ? undefined : mismatch(context, 'a number');
  },
  duration: parsed('invalid-duration', DURATION_REMEDY, parsePrometheusDuration),
  'go-duration': goDuration,
  'text-duration': (context) =>
    context.resolved.type === 'null'
      ? undefined
      : parsed('invalid-duration', 'Write a duration such as 1m or 1h30m.', () =>
          parseGoDuration(context.node.value),
        )(context),
  url: parsed('invalid-url', URL_REMEDY, httpUrl),
  'secret-url': parsed(
    'invalid-url',
    URL_REMEDY,
    (text) => (text === HIDDEN ? text : httpUrl(text)),
    true,
  ),
  'template-url': parsed('invalid-url', URL_REMEDY, templateUrl, true),
  'any-url': parsed('invalid-url', 'Write a well-formed URL.', (text) => {
    parseGoUrl(text);
    return text;
  }),
  'host-port': parsed(
    'invalid-address',
    'Write host:port, such as mail.example.org:587.',
    (text) => {
      if (text !== '' && splitHostPort(text).port === '')
        throw new SyntaxError('port cannot be empty');
      return text;
    },
  ),
  'tls-version': parsed('invalid-value', 'Write TLS10, TLS11, TLS12 or TLS13.', (text) => {
    if (!/^TLS1[0-3]$/.test(text)) throw new SyntaxError(`unknown TLS version: ${text}`);
    return text;
  }),
  location: parsed(
    'invalid-time-interval',
    'Write an IANA zone such as Europe/Berlin, or UTC.',
    (text) => {
      if (!isZone(text)) throw new SyntaxError(`unknown time zone ${text}`);
      return text === '' ? 'UTC' : text;
    },
  ),
  weekday: parsed(
    'invalid-time-interval',
    'Write days in full, in the order of a week that begins on Sunday: saturday, or monday:friday.',
    parseWeekdays,
  ),
  'day-of-month': parsed(
    'invalid-time-interval',
    'Write days such as 1:15, or from the end of the month such as -3:-1.',
    parseDaysOfMonth,
  ),
  month: parsed(
    'invalid-time-interval',
    'Write months of one year such as may:august or 5:8; a span over New Year needs two.',
    parseMonths,
  ),
  year: parsed('invalid-time-interval', 'Write years such as 2026 or 2026:2028.', parseYears),
  matcher: parsed(
    'invalid-matcher',
    'Write a matcher such as severity="page" or instance=~"web-.+", the value in double quotes.',
    matchers,
  ),
  pattern: parsed('invalid-pattern', 'Write a regular expression that RE2 knows.', (text) => {
    compileAnchored(text);
    return text;
  }),
  'label-name': parsed('invalid-label-name', 'Write letters, digits and underscores.', (text) => {
    if (!CLASSIC_LABEL_NAME.test(text))
      throw new SyntaxError(`"${text}" is not a valid label name`);
    return text;
  }),
};
