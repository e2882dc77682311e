// The collector that a benchmark measures: the whole service in a process of its own, as `ninefold serve` runs it.
import { readFileSync } from 'node:fs';
import { createLogger } from '../collector/logging.ts';
import { startService } from '../collector/service.ts';
import { systemClock } from '../collector/clock.ts';
import type { CollectorJob } from './measured-collector.ts';

const job = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as CollectorJob;
const { clockOffsetMs = 0 } = job;
const service = await startService({
  slos: job.slos,
  config: job.config,
  log: createLogger({ level: 'warn' }),
  clock: { ...systemClock, now: () => Date.now() + clockOffsetMs },
});
// The first evaluation is over when the service has started: it begins within the start and waits for nothing.
console.log(JSON.stringify({ evaluatedAtMs: Date.now(), ownMs: performance.now() }));
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void service.close(2000).then(() => process.exit(0)));
