// Where the telemetry of your first SLO is read, and where its pages go.
import { defineConfig } from 'ninefold';

export default defineConfig({
  connections: { prometheus: { default: { url: 'http://127.0.0.1:9090' } } },
  alertmanagers: [{ url: 'http://127.0.0.1:9093' }],
});
