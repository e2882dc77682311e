// Services behind the shop, tried from outside in the protocols that they speak.
import {
  contract,
  defineCheck,
  defineService,
  freshness,
  grpc,
  heartbeat,
  tcp,
  websocket,
} from 'ninefold';

const orders = defineService({ name: 'orders', team: 'shop' });

export const cache = defineCheck({
  service: orders,
  name: 'cache',
  description: 'The cache answers.',
  probe: tcp({ address: 'redis.example:6379', talk: [{ send: 'PING\r\n', expect: '^[+]PONG' }] }),
});

export const live = defineCheck({
  service: orders,
  name: 'live',
  description: 'Customers see orders move.',
  probe: websocket({
    url: 'ws://live.example:8080/orders',
    talk: [{ send: '{"op":"ping"}', expect: 'pong' }],
  }),
});

export const health = defineCheck({
  service: orders,
  name: 'health',
  description: 'The service says that it serves.',
  probe: grpc({ address: 'orders.example:9000', service: 'shop.v1.Orders' }),
});

export const api = defineCheck({
  service: orders,
  name: 'api',
  description: 'An order is as the contract has it.',
  probe: contract({
    url: 'http://api.example:8000/orders/7',
    openapi: 'orders.openapi.yaml',
    operation: 'getOrder',
  }),
});

export const search = defineCheck({
  service: orders,
  name: 'search',
  description: 'A review is found soon after it was written.',
  every: '5m',
  timeout: '20s',
  probe: freshness({
    write: { url: 'http://api.example:8000/reviews', method: 'POST', json: { text: '{{marker}}' } },
    read: { url: 'http://api.example:8000/reviews?q={{marker}}' },
    within: '10s',
    every: '500ms',
  }),
});

export const backup = defineCheck({
  service: orders,
  name: 'backup',
  description: 'The last backup is of last night.',
  every: '15m',
  probe: heartbeat({
    url: 'http://api.example:8000/backup',
    at: (answer) => answer.json('$.lastSuccess'),
    within: '25h',
  }),
});
