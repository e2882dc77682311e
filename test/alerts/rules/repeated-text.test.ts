// Files of services that are alike are written from one text with holes, and say what each says by itself.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { generatePrometheusRules } from '../../../alerts/rules/prometheus-rules.ts';
import { PROMETHEUS_TARGETS } from '../../../alerts/rules/prometheus-target.ts';
import { defineService } from '../../../slo/define-service.ts';
import { prometheusLatency } from '../../../slo/sli/prometheus-latency.ts';
import { prometheusRatio } from '../../../slo/sli/prometheus-ratio.ts';
import type { Slo } from '../../../slo/slo.ts';
import { sloOf } from '../../collector/sources/prometheus/slo-fixture.ts';

const word = fc.constantFrom(
  'a',
  'shop',
  'q9total09q',
  'per-"quote"',
  '{{ $value }}',
  'back\\slash',
);
const failures = fc.constantFrom(
  'code=~"5.."',
  'code!~"2..|3.."',
  'status="failed"',
  'code!="200",x="1"',
);

interface Plan {
  readonly total: string;
  readonly failures: string;
  readonly counted: 'bad' | 'good' | 'latency';
  readonly other: boolean;
  readonly description: string | undefined;
  readonly dashboardUrl: `https://${string}` | undefined;
  readonly grouped: boolean;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  total: word,
  failures,
  counted: fc.constantFrom('bad', 'bad', 'good', 'latency'),
  other: fc.boolean(),
  description: fc.option(word, { nil: undefined }),
  dashboardUrl: fc.option(
    fc.constantFrom('https://g.example/a?b={{c' as const, 'https://g.example/d' as const),
    {
      nil: undefined,
    },
  ),
  grouped: fc.boolean(),
});

const BY_ZONE = { groupBy: ['zone'] } as const;

function sloOfPlan(each: Plan, service: string, name: string): Slo {
  const all = `job=${JSON.stringify(each.total)}`;
  const part = `${each.other ? 'other' : 'requests'}_total{${all},${each.failures}}`;
  return sloOf(name, {
    service: defineService({ name: service, team: 'shop' }),
    sli:
      each.counted === 'latency'
        ? prometheusLatency({ histogram: 'h_seconds', selector: `{${all}}`, atMost: '1s' })
        : prometheusRatio({
            total: `requests_total{${all}}`,
            ...(each.counted === 'bad' ? { bad: part } : { good: part }),
          }),
    ...(each.description !== undefined && { description: each.description }),
    ...(each.dashboardUrl !== undefined && { dashboardUrl: each.dashboardUrl }),
    ...(each.grouped && BY_ZONE),
  });
}

describe('files of services that are alike', () => {
  it('are those that each service has by itself, whatever its names, selectors and texts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(plan, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }),
        fc.array(fc.record({ shape: fc.nat(1), total: word, text: word }), {
          minLength: 4,
          maxLength: 8,
        }),
        fc.constantFrom(...PROMETHEUS_TARGETS),
        (shapes, services, target) => {
          const slos = services.flatMap(({ shape, total, text }, service) =>
            (shapes[shape % shapes.length] ?? []).map((each, index) => {
              const own = {
                ...each,
                total,
                ...(each.description !== undefined && { description: text }),
              };
              return sloOfPlan(own, `service-${service}`, `slo-${index}`);
            }),
          );
          const options = { target, shared: false } as const;
          for (const { path, text } of generatePrometheusRules(slos, options).files) {
            const own = slos.filter(({ service }) => path === `${service.name}.rules.yaml`);
            expect(text).toBe(generatePrometheusRules(own, options).files[0]?.text);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('differ where their names and selectors do, and nowhere else', () => {
    const alike: Plan = {
      total: 'a',
      failures: 'code=~"5.."',
      counted: 'bad',
      other: false,
      description: undefined,
      dashboardUrl: undefined,
      grouped: false,
    };
    const slos = Array.from({ length: 4 }, (_, index) =>
      sloOfPlan({ ...alike, total: `job-${index}` }, `service-${index}`, 'api'),
    );
    const { files } = generatePrometheusRules(slos, { target: '3.15', shared: false });
    expect(files.map(({ text }) => text.includes('q9'))).toEqual([false, false, false, false]);
    expect(files[3]?.text).toBe(
      files[2]?.text.replaceAll('service-2', 'service-3').replaceAll('job-2', 'job-3'),
    );
  });
});
