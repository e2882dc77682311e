// SLOs on the servers that observe: their own metrics, logs and events, which nobody here wrote.
import {
  defineService,
  defineSlo,
  kafkaEvents,
  lokiRatio,
  prometheusLatency,
  prometheusRatio,
} from 'ninefold';

export const prometheus = defineService({
  name: 'prometheus',
  team: 'observability',
  tier: 'high',
  description: 'The metrics server',
});

export const prometheusAvailability = defineSlo({
  service: prometheus,
  name: 'availability',
  description: 'API requests answered without a server error',
  objective: '99.9%',
  sli: prometheusRatio({
    total: 'prometheus_http_requests_total{job="prometheus"}',
    bad: 'prometheus_http_requests_total{job="prometheus",code=~"5.."}',
  }),
});

export const prometheusLatency400 = defineSlo({
  service: prometheus,
  name: 'latency',
  description: 'API requests answered within 400 ms',
  objective: '99%',
  sli: prometheusLatency({
    histogram: 'prometheus_http_request_duration_seconds',
    selector: '{job="prometheus"}',
    atMost: '400ms',
  }),
});

export const loki = defineService({
  name: 'loki',
  team: 'observability',
  tier: 'high',
  description: 'The log server',
});

export const lokiLatency = defineSlo({
  service: loki,
  name: 'latency',
  description: 'requests answered within a second',
  objective: '99%',
  sli: prometheusLatency({
    histogram: 'loki_request_duration_seconds',
    selector: '{job="loki"}',
    atMost: '1s',
  }),
});

export const lokiQuietLogs = defineSlo({
  service: loki,
  name: 'quiet-logs',
  description: 'log lines below the level error',
  objective: '99%',
  sli: lokiRatio({
    total: '{job="loki"} | logfmt | level != ""',
    bad: '{job="loki"} | logfmt | level = "error"',
  }),
});

export const alertmanager = defineService({
  name: 'alertmanager',
  team: 'observability',
  tier: 'critical',
  description: 'The server that takes pages to people',
});

export const alertmanagerDelivery = defineSlo({
  service: alertmanager,
  name: 'delivery',
  description: 'notifications delivered',
  objective: '99.9%',
  sli: prometheusRatio({
    total: 'alertmanager_notifications_total{job="alertmanager"}',
    bad: 'alertmanager_notifications_failed_total{job="alertmanager"}',
  }),
});

export const producer = defineService({
  name: 'producer',
  team: 'observability',
  description: 'A producer of events on Kafka',
});

export const producerEvents = defineSlo({
  service: producer,
  name: 'events',
  description: 'events that report success',
  objective: '99.9%',
  sli: kafkaEvents({
    topic: 'observed-events',
    fields: { at: 'number', status: 'status' },
    time: { field: 'at', as: 'epoch-milliseconds' },
    bad: (event) => event.status.isServerError(),
  }),
});
