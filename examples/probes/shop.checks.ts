// A shop tried from outside: its home page, its certificate and its name, and an order from log-in to log-out.
import { defineCheck, defineService, dns, fromEnvironment, http, journey, tls } from 'ninefold';

export const shop = defineService({ name: 'shop', team: 'web' });

export const home = defineCheck({
  service: shop,
  name: 'home',
  description: 'The home page comes, and quickly.',
  tags: ['smoke'],
  probe: http({
    url: 'https://shop.example/',
    expect: (answer) => answer.body.contains('Basket'),
    prefer: (answer) => answer.phase('firstByte').atMost('500ms'),
  }),
});

export const certificate = defineCheck({
  service: shop,
  name: 'certificate',
  description: 'The certificate is accepted for two weeks more.',
  every: '1h',
  probe: tls({
    address: 'shop.example:443',
    expect: (answer) => answer.certificateDaysLeft.atLeast(14),
  }),
});

export const name = defineCheck({
  service: shop,
  name: 'name',
  description: 'The name has an address.',
  every: '5m',
  probe: dns({ name: 'shop.example', server: '192.0.2.53:53' }),
});

export const order = defineCheck({
  service: shop,
  name: 'order',
  description: 'A customer logs in, orders, sees the order, and logs out.',
  every: '5m',
  timeout: '20s',
  retries: { most: 1, wait: '2s' },
  probe: journey((start) =>
    start
      .step('log in', {
        url: 'https://shop.example/session',
        method: 'POST',
        json: { user: 'probe', password: fromEnvironment('PROBE_PASSWORD') },
        save: (answer) => ({ token: answer.json('$.token') }),
      })
      .step('order', ({ token }) => ({
        url: '/orders',
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
        form: { article: 'teapot' },
        save: (answer) => ({ order: answer.json('$.id') }),
      }))
      .step('accepted', ({ token, order }) => ({
        url: `/orders/${order}`,
        headers: { Authorization: `Bearer ${token}` },
        poll: { every: '500ms', for: '5s' },
        expect: (answer) => answer.json('$.state').equals('accepted'),
      }))
      .always('log out', { url: 'https://shop.example/session', method: 'DELETE' }),
  ),
});
