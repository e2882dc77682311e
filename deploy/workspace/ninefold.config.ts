// Addresses inside docker-compose.yml.
import { defineConfig, fromEnvironment } from 'ninefold';

export default defineConfig({
  connections: {
    prometheus: { default: { url: 'http://prometheus:9090', pollInterval: '5s', settle: '2s' } },
    loki: { default: { url: 'http://loki:3100', pollInterval: '5s', settle: '10s' } },
    kafka: { default: { brokers: ['kafka:9092'], lateness: '1s' } },
  },
  alertmanagers: [{ url: 'http://alertmanager:9093' }],
  store: {
    kind: 'redis',
    url: 'redis://redis:6379',
    password: fromEnvironment('NINEFOLD_REDIS_PASSWORD'),
  },
  http: {
    host: '0.0.0.0',
    tokensFile: '/run/tokens/tokens.json',
    publicUrl: 'http://127.0.0.1:9999',
  },
});
