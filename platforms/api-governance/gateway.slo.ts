// What the gateway promises: calls answered, answered fast, and each subscriber served.
import {
  any,
  defineSlo,
  kafkaEvents,
  lokiRatio,
  not,
  prometheusLatency,
  prometheusRatio,
} from 'ninefold';
import { REQUEST_DURATION, requestCounters, requestsOf } from './http-requests.ts';
import { gateway } from './services.ts';

export const availability = defineSlo({
  service: gateway,
  name: 'availability',
  description: 'API calls that do not fail in the gateway or behind it.',
  objective: '99.95%',
  sli: prometheusRatio(requestCounters('gateway')),
});

export const latency = defineSlo({
  service: gateway,
  name: 'latency',
  description: 'API calls that are answered within 250 ms; streams have no such bound.',
  objective: '99%',
  sli: prometheusLatency({
    histogram: REQUEST_DURATION,
    selector: requestsOf('gateway', 'http_route!~".*/stream"'),
    atMost: '250ms',
  }),
});

export const subscriptionQuality = defineSlo({
  service: gateway,
  name: 'subscription-quality',
  description:
    'Calls of each subscription to each API, from the access log in Kafka: answered, and within a second.',
  objective: '99.5%',
  groupBy: { labels: ['api', 'subscription'], limit: 2000 },
  sli: kafkaEvents({
    topic: 'gateway.access-log',
    fields: {
      time: 'string',
      api: 'string',
      subscription: 'string',
      route: 'string',
      status: 'status',
      latency_ms: 'milliseconds',
    },
    time: { field: 'time', as: 'rfc3339' },
    total: (event) => not(event.route.startsWith('/health')),
    bad: (event) => any(event.status.isServerError(), event.latency_ms.greaterThan('1s')),
  }),
});

export const logAvailability = defineSlo({
  service: gateway,
  name: 'log-availability',
  description:
    'The same promise seen from the access logs, which hold what a crashed process never counted.',
  objective: '99.9%',
  sli: lokiRatio({
    total: '{app="gateway", stream="access"} | json | __error__="" | route !~ "/health.*|/metrics"',
    bad: '{app="gateway", stream="access"} | json | __error__="" | route !~ "/health.*|/metrics" | status >= 500',
  }),
});
