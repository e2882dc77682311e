// Texts of alerts that SLOs share: filled in with an SLO's labels they are what it would say by itself.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { generatePrometheusRules } from '../../../alerts/rules/prometheus-rules.ts';
import type { AlertingRule } from '../../../alerts/rules/rule.ts';
import { defineService } from '../../../slo/define-service.ts';
import { prometheusRatio } from '../../../slo/sli/prometheus-ratio.ts';
import type { Slo } from '../../../slo/slo.ts';
import { sloOf } from '../../collector/sources/prometheus/slo-fixture.ts';

/** Names that begin with each other, are words of our own texts, and of templates. */
const names = [
  ['a', 'ab', 'abc', 'a1', 'b', 'ba', 'api', 'web', 'x-y', 'x', 'y', 'yy'],
  ['labels', 'slo', 'service', 'total', 'code', 'job', 'rate', 'runbooks', 'd', 'topk', 's', 'e'],
] as const;

const family = fc
  .record({
    of: fc.constantFrom(...names),
    value: fc.constantFrom(
      (name: string) => name,
      (name: string) => `prod/${name}`,
      (name: string) => `$1(${name}).*`,
    ),
    service: fc.constantFrom(
      (name: string) => name,
      (name: string) => `the-${name}-service`,
      () => 'shop',
    ),
    slo: fc.constantFrom(
      (name: string) => name,
      (name: string) => `of-${name}`,
      () => 'availability',
    ),
    url: fc.constantFrom(
      (slo: Slo) => `https://runbooks.example/${slo.service.name}.html#slo-${slo.name}`,
      (slo: Slo) => `https://runbooks.example/?of=${slo.id}`,
      () => 'https://runbooks.example/{{all}}',
      // A character that stands for a name between two steps of the generator: such an SLO shares nothing.
      () => 'https://runbooks.example/\uE001',
    ),
  })
  .map(({ of, value, service, slo, url }) =>
    of.map((name) => {
      const job = JSON.stringify(value(name));
      const own = sloOf(slo(name), {
        service: defineService({ name: service(name), team: 'shop' }),
        sli: prometheusRatio({
          total: `total{job=${job}}`,
          bad: `total{job=${job},code="500"}`,
        }),
      });
      return { ...own, runbookUrl: url(own) };
    }),
  )
  .filter((slos) => new Set(slos.map(({ id }) => id)).size === slos.length);

function alertsOf(slos: readonly Slo[], shared: boolean): readonly AlertingRule[] {
  const { services } = generatePrometheusRules(slos, { target: '3.15', shared });
  return services.flatMap(({ groups }) =>
    groups.flatMap(({ rules }) => rules.filter((rule) => 'alert' in rule)),
  );
}

/** What Prometheus makes of text for an SLO, in the few forms that are used for names. */
function filled(text: string, { id, service }: Slo): string {
  const label = (name: string | undefined): string => (name === 'slo' ? id : service.name);
  return text
    .replaceAll(
      /\{\{ reReplaceAll ("(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*") \$labels\.(\w+) \}\}/g,
      (_, pattern: string, replacement: string, name: string) =>
        label(name).replace(
          new RegExp(JSON.parse(pattern) as string),
          (__, core: string | undefined) =>
            (JSON.parse(replacement) as string).replaceAll(/\$(?:\$|\{1\}|\w+)/g, (found) =>
              found === '$$' ? '$' : found === '${1}' || found === '$1' ? (core ?? '') : '',
            ),
        ),
    )
    .replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, (_, name: string) => label(name));
}

it('say of each SLO what its own alert would say', () => {
  let merged = 0;
  fc.assert(
    fc.property(family, (slos) => {
      const alone = alertsOf(slos, false);
      const shared = alertsOf(slos, true);
      merged += alone.length - shared.length;
      const leaked = JSON.stringify(shared).match(/[\uE000-\uE003]/g) ?? [];
      const own = JSON.stringify(alone).match(/[\uE000-\uE003]/g) ?? [];
      expect(leaked).toEqual(own);
      for (const slo of slos) {
        const texts = (alerts: readonly AlertingRule[]): readonly unknown[] =>
          alerts
            .filter(({ expr }) =>
              expr
                .match(/slo=~?"([^"]*)"/)?.[1]
                ?.split('|')
                .includes(slo.id),
            )
            .map(({ alert, labels, annotations }) => ({
              alert,
              labels: { slo: slo.id, service: slo.service.name, ...labels },
              description: filled(annotations['description'] ?? '', slo),
              runbook: filled(annotations['runbook_url'] ?? '', slo),
            }));
        expect(texts(shared)).toEqual(texts(alone));
      }
    }),
  );
  expect(merged).toBeGreaterThan(500);
});
