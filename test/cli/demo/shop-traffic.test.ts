import { describe, expect, it } from 'vitest';
import { createShopTraffic, LATENCY_BOUNDS } from '../../../cli/demo/shop-traffic.ts';

const PEAK = 1_795_000_000;
const FAST = LATENCY_BOUNDS.indexOf('0.3') + 1;
const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

describe('a shop without a fault', () => {
  it('is the same shop for the same seed, however it is asked', () => {
    const [one, other] = [createShopTraffic(5, PEAK), createShopTraffic(5, PEAK)];
    const seconds = Array.from({ length: 300 }, (_, index) => PEAK + index);
    const orders = seconds.map((second) => one.orders(second));
    for (const second of seconds) other.pageViews(second, 1);
    expect(seconds.map((second) => other.orders(second))).toEqual(orders);
    expect(createShopTraffic(6, PEAK).orders(PEAK)).not.toEqual(orders[0]);
  });

  it('fails a little, less than its budgets allow', () => {
    const traffic = createShopTraffic(5, PEAK);
    let [orders, badOrders, pages, failedPages, slowPages] = [0, 0, 0, 0, 0];
    for (let second = PEAK - 86_400 * 1.5; second < PEAK; second += 1)
      for (const { outcome } of traffic.orders(second)) {
        orders += 1;
        if (outcome !== 'placed') badOrders += 1;
      }
    for (let at = PEAK - 86_400 * 1.5; at < PEAK; at += 60) {
      const { byCode, byLatency } = traffic.pageViews(at, 60);
      expect(sum(Object.values(byCode))).toBe(sum(byLatency));
      pages += sum(byLatency);
      failedPages += byCode['500'] + byCode['503'];
      slowPages += sum(byLatency.slice(FAST));
    }
    for (const [bad, total, budget] of [
      [badOrders, orders, 0.001],
      [failedPages, pages, 0.001],
      [slowPages, pages, 0.01],
    ] as const) {
      expect(bad / total).toBeGreaterThan(budget / 4);
      expect(bad / total).toBeLessThan(budget);
    }
  });

  it('tells each order as what it was', () => {
    const traffic = createShopTraffic(5, PEAK);
    const orders = Array.from({ length: 40_000 }, (_, index) =>
      traffic.orders(PEAK + index),
    ).flat();
    const kinds = new Set(orders.map(({ outcome }) => outcome));
    expect(kinds).toEqual(new Set(['placed', 'failed', 'slow']));
    for (const { status, seconds, outcome } of orders) {
      expect(status >= 500).toBe(outcome === 'failed');
      expect(seconds > 2).toBe(outcome === 'slow');
    }
  });
});

describe('a fault', () => {
  it('fails every order, until it is switched off', () => {
    const traffic = createShopTraffic(5, PEAK);
    traffic.faults.add('checkout-errors');
    const broken = Array.from({ length: 60 }, (_, index) => traffic.orders(PEAK + index)).flat();
    expect(broken.length).toBeGreaterThan(20);
    expect(broken.every(({ status }) => status >= 500)).toBe(true);
    traffic.faults.clear();
    const mended = Array.from({ length: 60 }, (_, index) => traffic.orders(PEAK + 60 + index));
    expect(mended.flat().filter(({ status }) => status >= 500).length).toBeLessThan(5);
  });

  it('fails or slows every page', () => {
    const traffic = createShopTraffic(5, PEAK);
    traffic.faults.add('storefront-errors');
    const { byCode } = traffic.pageViews(PEAK, 60);
    expect([byCode['200'], byCode['404'], byCode['503'] > 100]).toEqual([0, 0, true]);
    traffic.faults.clear();
    traffic.faults.add('storefront-slow');
    const { byLatency } = traffic.pageViews(PEAK, 60);
    expect(sum(byLatency.slice(0, FAST))).toBe(0);
    expect(sum(byLatency)).toBeGreaterThan(100);
  });
});

it('sells to four countries', () => {
  const traffic = createShopTraffic(5, PEAK);
  const orders = Array.from({ length: 600 }, (_, index) => traffic.orders(PEAK + index)).flat();
  const countries = new Set(orders.map(({ country }) => country));
  expect([...countries].sort()).toEqual(['DE', 'FR', 'JP', 'US']);
});
