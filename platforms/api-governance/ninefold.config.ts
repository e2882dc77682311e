// Where the API governance platform's telemetry is read, and where its alerts go.
import { defineConfig, fromEnvironment } from 'ninefold';

export default defineConfig({
  connections: {
    prometheus: { default: { url: 'http://prometheus:9090' } },
    loki: { default: { url: 'http://loki:3100', tenant: 'api-governance' } },
    kafka: {
      default: {
        brokers: ['kafka-1:9093', 'kafka-2:9093', 'kafka-3:9093'],
        groupId: 'ninefold-api-governance',
        tls: true,
        sasl: {
          mechanism: 'scram-sha-512',
          user: 'ninefold',
          password: fromEnvironment('KAFKA_PASSWORD'),
        },
      },
    },
  },
  alertmanagers: [{ url: 'http://alertmanager-1:9093' }, { url: 'http://alertmanager-2:9093' }],
  runbooks: {
    baseUrl: 'https://runbooks.example.com/api-governance',
    grafanaUrl: 'https://grafana.example.com',
  },
});
