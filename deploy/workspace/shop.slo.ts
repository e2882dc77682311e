// The shop of docker-compose.yml and of the end-to-end tests: one service for each telemetry.
import { any, defineService, defineSlo, kafkaEvents, lokiRatio, prometheusRatio } from 'ninefold';

export const storefront = defineService({
  name: 'storefront',
  team: 'web',
  tier: 'high',
  description: 'Pages that visitors see, measured by Prometheus',
});

export const storefrontAvailability = defineSlo({
  service: storefront,
  name: 'availability',
  objective: '99.9%',
  sli: prometheusRatio({
    total: 'shop_requests_total{service="storefront"}',
    bad: 'shop_requests_total{service="storefront",code=~"5.."}',
  }),
});

export const search = defineService({
  name: 'search',
  team: 'web',
  description: 'The search page, measured by its access log in Loki',
});

export const searchAvailability = defineSlo({
  service: search,
  name: 'availability',
  objective: '99.9%',
  sli: lokiRatio({
    total: '{service="search"} | json',
    bad: '{service="search"} | json | status >= 500',
  }),
});

export const checkout = defineService({
  name: 'checkout',
  team: 'payments',
  tier: 'critical',
  description: 'Orders and their payment, measured by events on Kafka',
});

export const checkoutAvailability = defineSlo({
  service: checkout,
  name: 'availability',
  objective: '99.9%',
  sli: kafkaEvents({
    topic: 'checkout-orders',
    fields: { at: 'number', status: 'status', seconds: 'seconds' },
    time: { field: 'at', as: 'epoch-milliseconds' },
    bad: (order) => any(order.status.isServerError(), order.seconds.greaterThan('2s')),
  }),
});
