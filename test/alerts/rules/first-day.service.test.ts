// Rules loaded today into a Prometheus that holds days of raw data know those days within an hour.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generatePrometheusRules } from '../../../alerts/rules/prometheus-rules.ts';
import { countedServices, counterSlos, countsBetween } from '../../../bench/counted-services.ts';
import { openCounterTarget } from '../../../bench/counter-target.ts';
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
      // Four scrapes: one at each edge by increase(), and what is settled or scraped only by now.
      const apart = async (): Promise<readonly string[]> => {
        const totals = await queryBy(prometheus, SERIES.total, 'service');
        const now = Math.floor(Date.now() / 1000);
        return services.flatMap((service) => {
          const truth = countsBetween(service, from, now).total;
          const ofScrape = countsBetween(service, now - SCRAPE_SECONDS, now).total;
          const total = totals.get(service.name) ?? 0;
          return Math.abs(total - truth) < 4 * ofScrape + 40
            ? []
            : [`${service.name}: ${total} of ${truth}`];
        });
      };
      // On a busy machine a rule is late now and then; one that has lost a part of the past stays so.
      await expect.poll(apart, { timeout: 150_000, interval: 2000 }).toEqual([]);
    } finally {
      await target.close();
      await prometheus.stop();
    }
  });
});
