// The servers at their usual addresses on this machine; change the addresses to yours.
import { defineConfig } from 'ninefold';

export default defineConfig({
  connections: {
    prometheus: {
      default: { url: 'http://127.0.0.1:9090', pollInterval: '15s', settle: '5s' },
    },
    loki: { default: { url: 'http://127.0.0.1:3100', pollInterval: '15s' } },
    kafka: { default: { brokers: ['127.0.0.1:9092'], lateness: '1s' } },
  },
  alertmanagers: [{ url: 'http://127.0.0.1:9093' }],
  store: { kind: 'sqlite', path: 'observers.db' },
});
