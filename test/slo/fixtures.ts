// SLOs for tests of the arithmetic.
import { defaultBurnPolicy } from '../../slo/burn-policy.ts';
import { parseObjective } from '../../slo/objective.ts';
import type { Slo } from '../../slo/slo.ts';
import { rolling, type Window } from '../../slo/window.ts';

const MONTH = rolling('30d')!;

/** An SLO with the default policy; without a window, 30 days. */
export function sloOf(
  objective: string,
  options: { readonly window?: Window; readonly evidenceGate?: boolean } = {},
): Slo {
  const window = options.window ?? MONTH;
  const burnPolicy = defaultBurnPolicy(window);
  return {
    kind: 'slo',
    id: 'shop/checkout',
    name: 'checkout',
    service: {
      kind: 'service',
      name: 'shop',
      team: 'shop',
      tier: 'high',
      labels: {},
      links: {},
    },
    sli: {
      kind: 'events',
      connection: 'default',
      form: {
        form: 'events',
        origin: { ingest: { stream: 'requests' } },
        time: 'broker',
        counted: 'bad',
        part: { field: 'status', atLeast: 500 },
      },
    },
    objective: parseObjective(objective)!,
    window,
    method: { kind: 'occurrences' },
    burnPolicy: { ...burnPolicy, evidenceGate: options.evidenceGate ?? burnPolicy.evidenceGate },
    labels: {},
  };
}
