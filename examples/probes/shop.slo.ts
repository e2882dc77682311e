// What the shop promises, as its probe sees it: orders that go through, wherever they are tried from.
import { checkRatio, defineSlo } from 'ninefold';
import { order, shop } from './shop.checks.ts';

export const orders = defineSlo({
  service: shop,
  name: 'orders',
  description: 'Tries of an order, from log-in to log-out, that go through.',
  objective: '99%',
  sli: checkRatio({ check: order }),
});
