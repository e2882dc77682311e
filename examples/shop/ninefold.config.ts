// The shop pushes its telemetry, so nothing is polled; counts are kept in one SQLite file.
import { defineConfig } from 'ninefold';

export default defineConfig({
  connections: { prometheus: { default: { remoteWrite: true } } },
  ingest: { lateness: '1s' },
  store: { kind: 'sqlite', path: 'shop.db' },
  // Where the pages that `ninefold build` writes are published: every alert links to its own heading.
  runbooks: { baseUrl: 'https://runbooks.shop.example' },
});
