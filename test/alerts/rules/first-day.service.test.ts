// Rules loaded today into a Prometheus that holds days of raw data know those days within an hour.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generatePrometheusRules } from '../../../alerts/rules/prometheus-rules.ts';
import { countedServices, counterSlos, countsBetween } from '../../../bench/counted-services.ts';
import { openCounterTarget } from '../../../bench/counter-target.ts';
import { eventually } from '../../../bench/eventually.ts';
import { counterHistory, queryBy, startWithHistory } from '../../../bench/prometheus-history.ts';
import { SERIES } from '../../../slo/names.ts';
import { describeWithService } from '../../services/services.ts';

const SCRAPE_SECONDS = 15;
const DAYS = 3;

describeWithService(['prometheus'], 'on the first day', () => {
  it('budgets hold what raw data say, within what increase() adds at two edges', async () => {
    const services = countedServices(3);
    const until = Math.floor(Date.now() / 60_000) * 60;
    const from = until - DAYS * 86_400;
    const prometheus = await startWithHistory({
      series: services.flatMap((service) => counterHistory(service, SCRAPE_SECONDS * 1000)),
      fromMs: from * 1000,
      toMs: until * 1000,
      stepMs: SCRAPE_SECONDS * 1000,
      say: () => {},
    });
    const target = await openCounterTarget(services, () => {});
    try {
      const folder = join(prometheus.folder, 'first-day');
      mkdirSync(folder);
      for (const { path, text } of generatePrometheusRules(counterSlos(services), {
        target: '3.15',
      }).files)
        // What is read once an hour, and what is shown once a minute, cannot be waited for.
        writeFileSync(
          join(folder, path),
          text.replaceAll(/interval: (?:1h|2m)$/gm, 'interval: 5s'),
        );
      await prometheus.reload({
        rule_files: [join(folder, '*.yaml')],
        scrape_configs: [
          {
            job_name: 'counted',
            scrape_interval: `${SCRAPE_SECONDS}s`,
            scrape_timeout: '5s',
            honor_labels: true,
            static_configs: [{ targets: [target.address] }],
          },
        ],
      });
      const counted = await eventually(
        'budgets with the past in them',
        async () => {
          const totals = await queryBy(prometheus, SERIES.total, 'service');
          const isFull = services.every(
            (service) =>
              (totals.get(service.name) ?? 0) > countsBetween(service, from, until).total / 2,
          );
          return isFull ? totals : undefined;
        },
        { withinMs: 150_000, everyMs: 2000 },
      );
      for (const service of services) {
        const now = Math.floor(Date.now() / 1000);
        const truth = countsBetween(service, from, now).total;
        const ofScrape = countsBetween(service, now - SCRAPE_SECONDS, now).total;
        const total = counted.get(service.name) ?? Number.NaN;
        // Four scrapes: one at each edge by increase(), and what is settled or scraped only by now.
        expect(Math.abs(total - truth), `${service.name}: ${total} of ${truth}`).toBeLessThan(
          4 * ofScrape + 40,
        );
      }
    } finally {
      await target.close();
      await prometheus.stop();
    }
  });
});
