// Where Clipper's telemetry is read, and where its alerts go.
import { defineConfig } from 'ninefold';

export default defineConfig({
  connections: {
    prometheus: { default: { url: 'http://prometheus:9090' } },
    loki: { default: { url: 'http://loki:3100' } },
  },
  alertmanagers: [{ url: 'http://alertmanager:9093' }],
  runbooks: {
    baseUrl: 'https://runbooks.example.com/clipper',
    grafanaUrl: 'https://grafana.example.com',
  },
});
