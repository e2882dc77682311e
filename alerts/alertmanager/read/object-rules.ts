// What Alertmanager asks of each object beyond its fields: which belong together, which exclude one another, which are needed.
import { templateProblem } from '../../../formats/go-template.ts';
import { isSupported } from '../capability.ts';
import { parseTimeRange } from '../time-interval.ts';
import type { Reading } from './reading.ts';
import { checkHttpConfig, checkOAuth2, checkTlsConfig } from './http-rules.ts';
import { canonicalHeader, needsOneOf } from './object-checks.ts';
import { checkInhibitRule, checkRoute } from './route-rules.ts';
import { isGiven, objectField, placeOf, textField, textsField } from './source.ts';
import type { SourceObject } from './source.ts';

type ObjectRule = (object: SourceObject, reading: Reading) => void;

/** Runs the rules of the object's shape. */
export function checkObject(object: SourceObject, reading: Reading): void {
  RULES[object.shape]?.(object, reading);
}

function needsAll(...names: readonly string[]): ObjectRule {
  return (object, reading) => {
    for (const name of names) needsOneOf(object, reading, [name]);
  };
}

function oneOfTexts(name: string, allowed: readonly string[], fallback = ''): ObjectRule {
  return (object, reading) => {
    const text = object.values.has(name) ? textField(object, name) : fallback;
    if (allowed.includes(text)) return;
    reading.findings.error(
      'invalid-value',
      placeOf(object, name),
      `${name} is "${text}", which is none of ${allowed.filter((each) => each !== '').join(', ')}`,
      `Write one of ${allowed.filter((each) => each !== '').join(', ')}.`,
      text,
    );
  };
}

function all(...rules: readonly ObjectRule[]): ObjectRule {
  return (object, reading) => {
    for (const rule of rules) rule(object, reading);
  };
}

const checkSigv4: ObjectRule = (object, reading) => {
  if (isGiven(object, 'access_key') !== isGiven(object, 'secret_key')) {
    needsOneOf(object, reading, [isGiven(object, 'access_key') ? 'secret_key' : 'access_key']);
  }
  if (isGiven(object, 'external_id')) needsOneOf(object, reading, ['role_arn']);
};

const checkSlackAction: ObjectRule = (object, reading) => {
  needsAll('type', 'text')(object, reading);
  needsOneOf(object, reading, ['url', 'name']);
};

const checkTimeRange: ObjectRule = (object, reading) => {
  const start = textField(object, 'start_time');
  const end = textField(object, 'end_time');
  try {
    parseTimeRange(start, end);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    reading.findings.error(
      'invalid-time-interval',
      placeOf(object, 'start_time'),
      `${start}–${end}: ${error.message}`,
      'Write 09:00 and 17:00; a span over midnight needs two ranges, the first up to 24:00.',
      `${start}-${end}`,
    );
  }
};

const RESPONDER_TYPES = new Set(['team', 'teams', 'user', 'escalation', 'schedule']);

const checkResponder: ObjectRule = (object, reading) => {
  needsOneOf(object, reading, ['id', 'username', 'name']);
  const type = textField(object, 'type');
  if (!type.includes('{{')) {
    if (RESPONDER_TYPES.has(type.toLowerCase())) return;
    reading.findings.error(
      'invalid-value',
      placeOf(object, 'type'),
      `the type of a responder is "${type}"`,
      'Write team, teams, user, escalation or schedule.',
      type,
    );
    return;
  }
  const problem = templateProblem(type, []);
  if (problem === undefined) return;
  reading.findings.error(
    'invalid-template',
    placeOf(object, 'type'),
    `the type of a responder is parsed as a template when the file is loaded: ${problem.message}`,
    "Mend the template; only Go's own functions can be used here.",
    type,
  );
};

const checkReceiver: ObjectRule = (object, reading) => {
  needsOneOf(object, reading, ['name']);
  const labels = object.values.get('labels');
  const name = labels instanceof Map ? (labels.get('name') as unknown) : undefined;
  if (name === undefined || name === textField(object, 'name')) return;
  reading.findings.error(
    'invalid-value',
    placeOf(object, 'labels'),
    'the label "name" of a receiver must be the name of the receiver',
    'Drop the label; Alertmanager sets it.',
  );
};

const checkEmail: ObjectRule = (object, reading) => {
  const headers = object.values.get('headers');
  const names =
    headers instanceof Map ? [...headers.keys()].map((key) => canonicalHeader(String(key))) : [];
  const conflict = (message: string, remedy: string): void =>
    reading.findings.error('conflicting-fields', placeOf(object, 'headers'), message, remedy);
  // 0.25 does not mind, but keeps only the last one read.
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    conflict(`duplicate header "${twice}" in email config`, 'Keep one of the two.');
  const threading = objectField(object, 'threading');
  if (!isGiven(threading, 'enabled') || threading === undefined) return;
  for (const name of ['References', 'In-Reply-To']) {
    if (names.includes(name)) {
      conflict(
        `threading sets the header ${name} itself`,
        `Drop the header ${name}, or threading.`,
      );
    }
  }
  oneOfTexts('thread_by_date', ['none', 'daily'])(threading, reading);
};

const checkWebhookOutput: ObjectRule = (object, reading) => {
  needsOneOf(object, reading, ['url']);
  if (textField(object, 'url') === '<secret>') {
    reading.findings.error(
      'invalid-url',
      placeOf(object, 'url'),
      'url is hidden',
      'Write the URL.',
    );
  }
  const settings = ['batch_max_events', 'batch_max_bytes', 'batch_flush_interval'];
  for (const name of settings) {
    const value = object.values.get(name);
    if (typeof value === 'number' && value < 0) {
      reading.findings.error(
        'invalid-value',
        placeOf(object, name),
        `${name} is negative`,
        'Write a number from 0 on.',
      );
    }
  }
  if (!isGiven(object, 'batch') && settings.some((name) => isGiven(object, name))) {
    needsOneOf(object, reading, ['batch']);
  }
};

const checkKafkaOutput: ObjectRule = (object, reading) => {
  needsOneOf(object, reading, ['brokers']);
  needsOneOf(object, reading, ['topic']);
  for (const broker of textsField(object, 'brokers')) {
    if (broker.text !== '') continue;
    reading.findings.error(
      'invalid-value',
      broker.position,
      'a broker is empty',
      'Write host:port.',
    );
  }
};

const RULES: Readonly<Record<string, ObjectRule>> = {
  'http-config': checkHttpConfig,
  oauth2: checkOAuth2,
  'tls-config': checkTlsConfig,
  sigv4: checkSigv4,
  route: checkRoute,
  'inhibit-rule': checkInhibitRule,
  receiver: checkReceiver,
  'time-interval': needsAll('name'),
  'time-range': checkTimeRange,
  email: checkEmail,
  jira: all(needsAll('project', 'issue_type'), (object, reading) => {
    if (isSupported('0.31', reading.target)) {
      oneOfTexts('api_type', ['auto', 'cloud', 'datacenter'], 'auto')(object, reading);
    }
  }),
  telegram: oneOfTexts('parse_mode', ['', 'Markdown', 'MarkdownV2', 'HTML']),
  wechat: oneOfTexts('message_type', ['', 'text', 'markdown']),
  'slack-action': checkSlackAction,
  'slack-confirmation': needsAll('text'),
  'slack-field': needsAll('title', 'value'),
  'mattermost-field': needsAll('title', 'value'),
  'opsgenie-responder': checkResponder,
  tracing: all(
    needsAll('endpoint'),
    (object, reading) => {
      if (object.values.get('client_type') === undefined) return;
      oneOfTexts('client_type', ['http', 'grpc'])(object, reading);
    },
    oneOfTexts('compression', ['', 'gzip']),
  ),
  'file-output': needsAll('path'),
  'webhook-output': checkWebhookOutput,
  'kafka-output': all(
    checkKafkaOutput,
    oneOfTexts('acks', ['', 'none', 'leader', 'all']),
    oneOfTexts('compression', ['', 'none', 'gzip', 'snappy', 'lz4', 'zstd']),
    oneOfTexts('format', ['', 'json', 'protobuf']),
  ),
};
