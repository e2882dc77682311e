// SLOs for the tests of this room, made as users make them.
import { defineService } from '../../../../slo/define-service.ts';
import { defineSlo, type SloInput } from '../../../../slo/define-slo.ts';
import { resolveSlo } from '../../../../slo/resolve-slo.ts';
import { prometheusRatio } from '../../../../slo/sli/prometheus-ratio.ts';
import type { Slo } from '../../../../slo/slo.ts';

const shop = defineService({ name: 'shop', team: 'shop' });

/** @throws Error with every diagnostic when the definition is wrong */
export function sloOf(name: string, input: Pick<SloInput, 'sli'> & Partial<SloInput>): Slo {
  const { value, diagnostics } = resolveSlo(
    defineSlo({ service: shop, name, objective: '99.9%', ...input }),
  );
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** An SLO on `requests_total` of one job, errors told by the code. */
export function ratioSlo(job: string, input: Partial<SloInput> = {}): Slo {
  return sloOf(job, {
    sli: prometheusRatio({
      total: `requests_total{job="${job}"}`,
      bad: `requests_total{job="${job}",code=~"5.."}`,
    }),
    ...input,
  });
}
