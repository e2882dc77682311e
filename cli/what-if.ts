// The SLO of a replay without a workspace: an objective and a window given on the command line.
import { defineService } from '../slo/define-service.ts';
import { defineSlo } from '../slo/define-slo.ts';
import type { DurationText } from '../slo/duration.ts';
import type { ObjectiveText } from '../slo/objective.ts';
import { resolveSlo } from '../slo/resolve-slo.ts';
import { ingestEvents } from '../slo/sli/ingest-events.ts';
import type { Slo } from '../slo/slo.ts';
import { type CalendarUnit, calendar, CALENDAR_UNITS } from '../slo/window.ts';
import { CommandFailure } from './failure.ts';

/** Its id in the counts and in the output. */
const WHAT_IF = 'what-if';

/** The SLO under the default burn policy. @throws CommandFailure */
export function whatIfSlo(options: {
  readonly objective: string;
  readonly window: string;
  readonly evidenceGate: boolean;
}): Slo {
  const definition = defineSlo({
    service: defineService({ name: WHAT_IF, team: WHAT_IF }),
    name: WHAT_IF,
    objective: options.objective as ObjectiveText,
    window: windowOf(options.window),
    // Counts come from a file: what an event is plays no part.
    sli: ingestEvents({
      stream: WHAT_IF,
      fields: { ok: 'boolean' },
      bad: (event) => event.ok.equals(false),
    }),
    burnPolicy: { evidenceGate: options.evidenceGate },
  });
  const { value, diagnostics } = resolveSlo(definition);
  const error = diagnostics.find(({ severity }) => severity === 'error');
  if (error !== undefined || value === undefined)
    throw new CommandFailure('usage', error?.message ?? 'the SLO is not valid', error?.remedy);
  return { ...value, id: WHAT_IF };
}

/** `30d`, or `calendar:month:Europe/Berlin`. */
function windowOf(text: string): DurationText | ReturnType<typeof calendar> {
  if (!text.startsWith('calendar:')) return text as DurationText;
  const [, unit = '', zone = ''] = text.split(':');
  if ((CALENDAR_UNITS as readonly string[]).includes(unit) && zone !== '')
    return calendar(unit as CalendarUnit, zone);
  throw new CommandFailure(
    'usage',
    `--window ${text} is not a calendar window`,
    `write calendar:<unit>:<zone> with a unit of ${CALENDAR_UNITS.join(', ')}: calendar:month:Europe/Berlin`,
  );
}
