// Your first SLO: 99.9% of the checkout's requests succeed, over any 30 days.
import { defineService, defineSlo, prometheusRatio } from 'ninefold';

const checkout = defineService({ name: 'checkout', team: 'shop' });

export const availability = defineSlo({
  service: checkout,
  name: 'availability',
  objective: '99.9%',
  sli: prometheusRatio({
    total: 'http_requests_total{job="checkout"}',
    bad: 'http_requests_total{job="checkout",code=~"5.."}',
  }),
});
