// A small shop: what `npm start` shows. The storefront's counters arrive by remote write, the checkout's events by HTTP.
import {
  any,
  defineService,
  defineSlo,
  ingestEvents,
  prometheusLatency,
  prometheusRatio,
} from 'ninefold';

export const storefront = defineService({
  name: 'storefront',
  team: 'web',
  tier: 'high',
  description: 'Pages that visitors see',
});

export const storefrontAvailability = defineSlo({
  service: storefront,
  name: 'availability',
  description: 'pages served without a server error',
  objective: '99.9%',
  sli: prometheusRatio({
    total: 'http_requests_total{service="storefront"}',
    bad: 'http_requests_total{service="storefront",code=~"5.."}',
  }),
});

export const storefrontLatency = defineSlo({
  service: storefront,
  name: 'latency',
  description: 'pages served within 300 ms',
  objective: '99%',
  sli: prometheusLatency({
    histogram: 'http_request_duration_seconds',
    selector: '{service="storefront"}',
    atMost: '300ms',
  }),
});

export const checkout = defineService({
  name: 'checkout',
  team: 'payments',
  tier: 'critical',
  description: 'Orders and their payment',
});

export const checkoutAvailability = defineSlo({
  service: checkout,
  name: 'availability',
  description: 'orders placed without an error and within 2 seconds',
  objective: '99.9%',
  sli: ingestEvents({
    stream: 'checkout',
    fields: { at: 'number', status: 'status', seconds: 'seconds', country: 'string' },
    time: { field: 'at', as: 'epoch-milliseconds' },
    bad: (order) => any(order.status.isServerError(), order.seconds.greaterThan('2s')),
  }),
});

export const checkoutByCountry = defineSlo({
  service: checkout,
  name: 'by-country',
  description: 'orders placed without an error, for each country',
  objective: '99.5%',
  sli: ingestEvents({
    stream: 'checkout',
    fields: { at: 'number', status: 'status', country: 'string' },
    time: { field: 'at', as: 'epoch-milliseconds' },
    bad: (order) => order.status.isServerError(),
  }),
  groupBy: ['country'],
});
