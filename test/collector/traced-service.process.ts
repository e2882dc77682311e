/** A traced HTTP service in a process of its own: prints its address, ends on SIGTERM. argv: OTLP address, share. */
import process from 'node:process';
import { createHttpInstrumentation } from '../../collector/http/tracing-plugin.ts';
import { createLogger } from '../../collector/logging.ts';
import { startTracing } from '../../collector/tracing-sdk.ts';

const instrumentation = createHttpInstrumentation();
const tracing = startTracing({
  endpoint: process.argv[2] ?? '',
  headers: { 'x-tenant': 'shop' },
  sampling: Number(process.argv[3]),
  instrumentations: [instrumentation],
});
const { createHttpApp } = await import('../../collector/http/app.ts');
const { traced } = await import('../../collector/tracing.ts');
const { listView, shop } = await import('./http/list-view.ts');

const log = createLogger();
const app = createHttpApp({
  view: {
    ...listView(shop()),
    sources: () => {
      throw new Error('the view failed');
    },
  },
  log,
  tracing: instrumentation.plugin(),
  ingest: {
    receive: ({ stream }) =>
      traced('store.commit', { stream }, () => {
        log.info({ stream }, 'committed');
        return { status: stream === 'broken' ? 503 : 204 };
      }),
  },
});
process.stdout.write(`${await app.listen({ port: 0, host: '127.0.0.1' })}\n`);
process.once('SIGTERM', () => {
  void app.close().then(() => tracing.stop());
});
