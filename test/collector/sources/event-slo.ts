// SLOs on events for tests, with everything but the SLI filled in.
import { defaultBurnPolicy } from '../../../slo/burn-policy.ts';
import { parseObjective } from '../../../slo/objective.ts';
import type { Predicate } from '../../../slo/predicate.ts';
import type { EventForm, EventOrigin, EventTime, LogForm } from '../../../slo/sli.ts';
import type { Slo } from '../../../slo/slo.ts';
import { rolling } from '../../../slo/window.ts';
import type { EventSlo } from '../../../collector/sources/events/classifier.ts';

interface Rest {
  readonly name?: string;
  readonly connection?: string;
  readonly groupBy?: readonly string[];
  readonly method?: Slo['method'];
  /** @default '30d' */
  readonly window?: string;
}

export function eventSlo(
  given: Rest & {
    readonly origin?: EventOrigin;
    readonly time?: EventTime;
    readonly total?: Predicate;
    readonly counted?: 'bad' | 'good';
    readonly part?: Predicate;
  } = {},
): EventSlo {
  const form: EventForm = {
    form: 'events',
    origin: given.origin ?? { ingest: { stream: 'shop' } },
    time: given.time ?? { field: 'time', as: 'epoch-seconds' },
    ...(given.total && { total: given.total }),
    counted: given.counted ?? 'bad',
    part: given.part ?? { field: 'status', atLeast: 500 },
  };
  const base = slo(given);
  return { ...base, sli: { kind: 'events', connection: given.connection ?? 'default', form } };
}

export function logSlo(
  given: Rest & {
    readonly total: string;
    readonly part: string;
    readonly counted?: 'bad' | 'good';
  },
): Slo {
  const form: LogForm = {
    form: 'logs',
    total: given.total,
    counted: given.counted ?? 'bad',
    part: given.part,
  };
  return {
    ...slo(given),
    sli: { kind: 'lokiRatio', connection: given.connection ?? 'default', form },
  };
}

function slo(given: Rest): Omit<Slo, 'sli'> {
  const window = rolling(given.window ?? '30d');
  const objective = parseObjective('99.9%');
  if (window === undefined || objective === undefined) throw new Error('not a window or objective');
  const name = given.name ?? 'availability';
  return {
    kind: 'slo',
    id: `shop/${name}`,
    name,
    service: {
      kind: 'service',
      name: 'shop',
      team: 'shop',
      tier: 'standard',
      labels: {},
      links: {},
    },
    objective,
    window,
    method: given.method ?? { kind: 'occurrences' },
    ...(given.groupBy && { groupBy: { labels: given.groupBy, limit: 500 } }),
    burnPolicy: defaultBurnPolicy(window),
    labels: {},
  };
}
