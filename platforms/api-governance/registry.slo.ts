// What the registry promises: its API answers, search is quick, and changes of an API's life cycle get around.
import { defineSlo, kafkaEvents, prometheusLatency, prometheusRatio } from 'ninefold';
import { REQUEST_DURATION, requestCounters, requestsOf } from './http-requests.ts';
import { registry } from './services.ts';

export const availability = defineSlo({
  service: registry,
  name: 'availability',
  description: 'Requests to the registry API that do not fail.',
  objective: '99.9%',
  sli: prometheusRatio(requestCounters('registry')),
});

export const searchLatency = defineSlo({
  service: registry,
  name: 'search-latency',
  description: 'Searches that are answered within a second.',
  objective: '99%',
  sli: prometheusLatency({
    histogram: REQUEST_DURATION,
    selector: requestsOf('registry', 'http_route="/search"'),
    atMost: '1s',
  }),
});

export const lifecyclePropagation = defineSlo({
  service: registry,
  name: 'lifecycle-propagation',
  description: 'Publications, deprecations and retirements that reach the gateway within a minute.',
  objective: '99%',
  sli: kafkaEvents({
    topic: 'registry.lifecycle-applied',
    fields: { applied_at: 'string', transition: 'string', delay_s: 'seconds' },
    time: { field: 'applied_at', as: 'rfc3339' },
    total: (event) => event.transition.oneOf('published', 'deprecated', 'retired'),
    good: (event) => event.delay_s.atMost('60s'),
  }),
});
