// Services whose request counters are known at every moment, so that whatever counts them can be held to the truth.
import { defineService } from '../slo/define-service.ts';
import { defineSlo } from '../slo/define-slo.ts';
import { resolveSlo } from '../slo/resolve-slo.ts';
import { prometheusRatio } from '../slo/sli/prometheus-ratio.ts';
import type { Slo } from '../slo/slo.ts';

export const CODES = ['200', '404', '500', '503'] as const;

export const METRIC = 'http_requests_total';

/** Counters begin at nought here; a whole number of days before anything that is measured. */
const BEGINNING = Date.UTC(2026, 0, 1) / 1000;

const DAY = 86_400;

export interface CountedService {
  /** `svc-0007`; the value of `job`. */
  readonly name: string;
  /** The label sets of its four series, in the order of `CODES`; nine labels, about 220 bytes on the wire. */
  readonly series: readonly Readonly<Record<string, string>>[];
  /** The counters at an instant in seconds, in the order of `CODES`. */
  at(seconds: number): readonly [number, number, number, number];
}

/** Two to ten requests a second with a daily swing; one service in ten spends 1.2 budgets of 99.9 %, the others half of one. */
export function countedServices(count: number): readonly CountedService[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `svc-${String(index).padStart(4, '0')}`;
    const rate = 2 + ((index * 7) % 17) / 2;
    const swing = (rate * DAY) / (4 * Math.PI);
    const errors = rate * (index % 10 === 3 ? 0.0012 : 0.0005);
    return {
      name,
      series: CODES.map((code) => ({
        __name__: METRIC,
        cluster: 'bench-west-1',
        code,
        handler: `/api/v1/${name}/orders`,
        instance: `10.${index >> 8}.${index & 255}.7:8080`,
        job: name,
        method: 'POST',
        namespace: `team-${index % 20}`,
        pod: `${name}-6f9c7d5b4-x${index}`,
      })),
      at(seconds) {
        const since = seconds - BEGINNING;
        const missing = rate * 0.01;
        const wave = swing * (1 - Math.cos((2 * Math.PI * since) / DAY));
        // Each by itself, so that none of them ever falls: a counter that falls was reset.
        return [
          Math.floor((rate - missing - errors) * since + wave),
          Math.floor(missing * since),
          Math.floor(errors * 0.7 * since),
          Math.floor(errors * 0.3 * since),
        ];
      },
    };
  });
}

/** What a service counted between two instants: all requests, and those answered with 5xx. */
export function countsBetween(
  service: CountedService,
  from: number,
  to: number,
): { readonly total: number; readonly bad: number } {
  const [before, after] = [service.at(from), service.at(to)];
  const grown = after.map((value, index) => value - (before[index] ?? 0));
  return {
    total: grown.reduce((sum, value) => sum + value, 0),
    bad: (grown[2] ?? 0) + (grown[3] ?? 0),
  };
}

/** An SLO of 99.9 % in 30 days on each service, read from its counters. */
export function counterSlos(
  services: readonly CountedService[],
  name = 'availability',
): readonly Slo[] {
  return services.map((service) => {
    const selector = `job="${service.name}"`;
    return sloOf(
      defineSlo({
        service: defineService({ name: service.name, team: 'bench' }),
        name,
        objective: '99.9%',
        sli: prometheusRatio({
          total: `${METRIC}{${selector}}`,
          bad: `${METRIC}{${selector},code=~"5.."}`,
        }),
      }),
    );
  });
}

/** The SLO that a definition stands for. @throws Error with what is wrong with it */
export function sloOf(definition: unknown): Slo {
  const { value, diagnostics } = resolveSlo(definition);
  if (value === undefined) throw new Error(diagnostics.map(({ message }) => message).join('; '));
  return value;
}
