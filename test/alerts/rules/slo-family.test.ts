import { describe, expect, it } from 'vitest';
import { FEWEST_SHARING, findFamilies, MOST_SHARING } from '../../../alerts/rules/slo-family.ts';
import { defineService } from '../../../slo/define-service.ts';
import type { SloInput } from '../../../slo/define-slo.ts';
import { prometheusLatency } from '../../../slo/sli/prometheus-latency.ts';
import { prometheusRatio } from '../../../slo/sli/prometheus-ratio.ts';
import type { Slo } from '../../../slo/slo.ts';
import { sloOf } from '../../collector/sources/prometheus/slo-fixture.ts';

/** Availability of services whose jobs are named like them. */
function services(
  count: number,
  input: Partial<SloInput> = {},
  job = (name: string): string => name,
): readonly Slo[] {
  return selected(count, (name) => `job="${job(name)}"`, input);
}

/** Availability of services by the matchers of their selectors. */
function selected(
  count: number,
  matchers: (name: string, index: number) => string,
  input: Partial<SloInput> = {},
): readonly Slo[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `svc-${String(index).padStart(3, '0')}`;
    const own = matchers(name, index);
    return sloOf('availability', {
      service: defineService({ name, team: `team-${index % 3}` }),
      sli: prometheusRatio({ total: `r_total{${own}}`, bad: `r_total{${own},code=~"5.."}` }),
      ...input,
    });
  });
}

describe('SLOs that differ in the value of one label', () => {
  it('are a family from ten on, whatever their team', () => {
    expect(findFamilies(services(FEWEST_SHARING - 1)).families).toEqual([]);
    const all = services(FEWEST_SHARING);
    const { families, alone } = findFamilies(all);
    expect(alone).toEqual([]);
    expect(families).toHaveLength(1);
    expect(families[0]).toMatchObject({
      label: 'job',
      slos: all,
      identity: { pattern: '(.*)', service: '${1}', slo: '${1}/availability' },
    });
    const values = all.map(({ service }) => service.name).join('|');
    expect(families[0]?.form.total.selector).toBe(`r_total{job=~"${values}"}`);
    expect(families[0]?.form.part.selector).toBe(`r_total{code=~"5..",job=~"${values}"}`);
  });

  it('are the same family whatever their order, and keep its name as others join', () => {
    const names = (slos: readonly Slo[]): readonly string[] =>
      findFamilies(slos).families.map(({ name }) => name);
    const all = services(20);
    expect(names(all.toReversed())).toEqual(names(all));
    expect(names(services(30))).toEqual(names(all));
    expect(names(all)[0]).toMatch(/^r-total-[0-9a-f]{8}$/);
  });

  it('are cut into families of a hundred', () => {
    const { families, alone } = findFamilies(services(2 * MOST_SHARING + 1));
    expect(families.map(({ slos }) => slos.length)).toEqual([MOST_SHARING, MOST_SHARING, 1]);
    expect(families[1]?.name).toBe(`${families[0]?.name}-2`);
    expect(families[1]?.form.total.selector).not.toContain('svc-000');
    expect(alone).toEqual([]);
  });

  it('may be named by a part of the value, or the value by a part of their name', () => {
    const [family] = findFamilies(services(10, {}, (name) => `prod/${name}.eu`)).families;
    expect(family?.identity.pattern).toBe(String.raw`prod/(.*)\.eu`);
    expect(family?.form.total.selector).toContain(String.raw`prod/svc-000\\.eu|`);
    const routes = Array.from({ length: 10 }, (_, index) =>
      sloOf(`route-r${index}`, {
        sli: prometheusLatency({
          histogram: 'h_seconds',
          selector: `{route="r${index}"}`,
          atMost: '1s',
        }),
      }),
    );
    expect(findFamilies(routes).families[0]).toMatchObject({
      label: 'route',
      identity: { pattern: '(.*)', service: 'shop', slo: 'shop/route-${1}' },
    });
  });
});

describe('SLOs stay by themselves', () => {
  it.each<readonly [string, readonly Slo[]]>([
    ['when their names do not follow from the value', services(12, {}, (name) => name.slice(-1))],
    ['when two labels differ', selected(12, (name, index) => `job="${name}",zone="z${index}"`)],
    ['when the label is matched by a pattern', selected(12, (name) => `job=~"${name}"`)],
    [
      'when only one of both selectors fixes the label',
      Array.from({ length: 12 }, (_, index) =>
        sloOf(`job-j${index}`, {
          sli: prometheusRatio({ total: `r_total{job="j${index}"}`, bad: 'failed_total' }),
        }),
      ),
    ],
    [
      'when they differ in anything else',
      services(12).map((slo, index) => {
        if (index % 4 === 0) return { ...slo, sli: { ...slo.sli, connection: 'eu' } };
        if (index % 4 === 1) return { ...slo, window: { kind: 'rolling', seconds: 7 * 86_400 } };
        if (index % 4 === 2) return { ...slo, groupBy: { labels: ['route'], limit: 10 } };
        return slo;
      }),
    ],
  ])('%s', (_, slos) => {
    const { families, alone } = findFamilies(slos);
    expect(families).toEqual([]);
    expect(alone).toEqual(slos);
  });

  it('when another SLO has the same value', () => {
    const twins = services(12).map((slo) => ({
      ...slo,
      name: 'twin',
      id: `${slo.service.name}/twin`,
    }));
    const { families } = findFamilies([...services(12), ...twins]);
    expect(families.map(({ slos }) => new Set(slos.map(({ name }) => name)).size)).toEqual([1, 1]);
  });
});
