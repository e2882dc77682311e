// How often a healthy service pages and how often an incident does, by seeded simulation (properties 9, 10 and 25).
import { describe, expect, it } from 'vitest';
import { mean, simulatePages, type Simulation } from './simulated-service.ts';

/** NINEFOLD_SIMULATION=long runs the 300 months of the specification; the default runs fewer of the same kind. */
const LONG = process.env['NINEFOLD_SIMULATION'] === 'long';
const MONTH = 43_200;

const healthy: Simulation = {
  runs: LONG ? 300 : 60,
  minutes: MONTH,
  perHour: 0,
  failing: () => 0.0005,
  evidenceGate: true,
  keepFiringMinutes: 30,
  seed: 20_261_122,
};

describe('a healthy month at 99.9 %, half its budget failing', () => {
  const pagesPerMonth = (perHour: number, evidenceGate: boolean): number =>
    mean(simulatePages({ ...healthy, perHour, evidenceGate }).map((pages) => pages.length));

  it.each([10, 100, 1000])('pages at most once in ten months at %i requests an hour', (perHour) => {
    expect(pagesPerMonth(perHour, true)).toBeLessThanOrEqual(0.1);
  });

  it.each([10, 100])(
    'would page more than once a month without evidence at %i an hour',
    (perHour) => {
      expect(pagesPerMonth(perHour, false)).toBeGreaterThan(1);
    },
  );
});

describe('one outage of three hours', () => {
  const [BEFORE, OUTAGE, AFTER] = [480, 180, 480];
  const incident = (perHour: number, errors: number, change: Partial<Simulation> = {}) => {
    const pages = simulatePages({
      ...healthy,
      runs: LONG ? 1000 : 150,
      minutes: BEFORE + OUTAGE + AFTER,
      perHour,
      failing: (minute) => (minute >= BEFORE && minute < BEFORE + OUTAGE ? errors : 0.0005),
      ...change,
    });
    const later = pages.map((minutes) => minutes.filter((minute) => minute >= BEFORE));
    const echoes = later.map((minutes) => minutes.filter((m) => m >= BEFORE + OUTAGE).length);
    return { pages: mean(later.map((minutes) => minutes.length)), echoes: mean(echoes) };
  };

  it.each([
    [10, 0.05],
    [10, 0.2],
    [10, 1],
    [100, 0.05],
    [100, 0.2],
    [100, 1],
    [300, 0.05],
    [300, 1],
    [1000, 0.05],
    [1000, 0.2],
    [1000, 1],
  ])(
    'pages about once and hardly ever again after its end: %i an hour, %f failing',
    (perHour, errors) => {
      const { pages, echoes } = incident(perHour, errors);
      expect(pages).toBeLessThanOrEqual(1.7);
      expect(echoes).toBeLessThanOrEqual(0.1);
    },
  );

  it('pages always when it is total, and when one request in five fails of a hundred an hour', () => {
    for (const perHour of [10, 100, 1000])
      expect(incident(perHour, 1).pages).toBeGreaterThanOrEqual(0.99);
    expect(incident(100, 0.2).pages).toBeGreaterThanOrEqual(0.99);
  });

  it('would echo after its end, and page over and over, without evidence and keep-firing', () => {
    const plain = { evidenceGate: false, keepFiringMinutes: 0 };
    expect(incident(300, 1, plain).echoes).toBeGreaterThan(0.5);
    expect(incident(100, 0.05, plain).pages).toBeGreaterThan(2);
  });
});

describe('the first six hours without history', () => {
  const share = (perHour: number, evidenceGate: boolean): number =>
    mean(
      simulatePages({
        ...healthy,
        runs: LONG ? 20_000 : 3000,
        minutes: 360,
        perHour,
        evidenceGate,
      }).map((pages) => Math.min(1, pages.length)),
    );

  it.each([10, 100, 1000])('page with a chance of at most 0.5 % at %i an hour', (perHour) => {
    expect(share(perHour, true)).toBeLessThanOrEqual(0.005);
  });

  it('would page one service in ten without evidence', () => {
    expect(share(100, false)).toBeGreaterThan(0.05);
    expect(share(1000, false)).toBeGreaterThan(0.05);
  });
});
