// Checks the timers of routing as written, so that none contradicts another.
import { type Severity, SEVERITIES } from '../slo/burn-policy.ts';
import type { DefinitionReader } from '../slo/definition-reader.ts';
import { formatDuration, parseDuration } from '../slo/duration.ts';
import { DURATION_RULE } from '../slo/text-rules.ts';
import { DEFAULT_ROUTING, type Timers } from './routing.ts';

/** Alertmanager forgets after five days what it has sent (`--data.retention`), and then tells it anew. */
const LONGEST_REPEAT = 120 * 3600;
/** The interval is also the time that a whole delivery with its retries may take; Alertmanager grants 10 s at least. */
const SHORTEST_INTERVAL = 10;

/** The timers of each severity, those left out by default. */
export function readTimers(reader: DefinitionReader): Readonly<Record<Severity, Timers>> {
  const timers = reader.object('timers', {
    known: SEVERITIES,
    example: `{ page: { repeatInterval: '1h' } }`,
  });
  const { page, ticket } = DEFAULT_ROUTING.timers;
  if (timers === undefined) return { page, ticket };
  return { page: readPace(timers, 'page', page), ticket: readPace(timers, 'ticket', ticket) };
}

function readPace(timers: DefinitionReader, severity: Severity, absent: Timers): Timers {
  const reader = timers.object(severity, {
    known: ['groupWait', 'groupInterval', 'repeatInterval'],
    example: `{ groupWait: '10s', groupInterval: '1m', repeatInterval: '4h' }`,
  });
  if (reader === undefined) return absent;
  const wait = reader.parsed('groupWait', {
    ...DURATION_RULE,
    parse: (text) => (text === '0s' ? 0 : parseDuration(text)),
  });
  const pace = {
    groupWait: wait ?? absent.groupWait,
    groupInterval: reader.parsed('groupInterval', DURATION_RULE) ?? absent.groupInterval,
    repeatInterval: reader.parsed('repeatInterval', DURATION_RULE) ?? absent.repeatInterval,
  };
  checkPace(reader, pace);
  return pace;
}

function checkPace(reader: DefinitionReader, pace: Timers): void {
  const { groupWait, groupInterval, repeatInterval } = pace;
  const interval = formatDuration(groupInterval);
  if (groupInterval < SHORTEST_INTERVAL)
    reader.refuse('groupInterval', {
      code: 'out-of-range',
      message: `${interval} is too short: a delivery with its retries has to fit into it.`,
      remedy: `Write at least '${SHORTEST_INTERVAL}s'.`,
    });
  if (groupWait > groupInterval)
    reader.refuse('groupWait', {
      code: 'out-of-range',
      message: `A new group waits ${formatDuration(groupWait)}, longer than the ${interval} of its changes.`,
      remedy: `Write at most '${interval}'.`,
    });
  if (repeatInterval > LONGEST_REPEAT)
    reader.refuse('repeatInterval', {
      code: 'out-of-range',
      message: `${formatDuration(repeatInterval)} is longer than Alertmanager remembers what it has sent.`,
      remedy: `Write at most '${formatDuration(LONGEST_REPEAT)}'.`,
    });
  else if (repeatInterval % groupInterval !== 0)
    reader.refuse('repeatInterval', {
      code: 'out-of-range',
      message: `${formatDuration(repeatInterval)} is no whole multiple of the ${interval} of groupInterval; Alertmanager would round it up.`,
      remedy: `Write '${formatDuration(Math.ceil(repeatInterval / groupInterval) * groupInterval)}'.`,
    });
}
