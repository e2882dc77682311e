import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createManualClock, type ManualClock } from '../../../../collector/clock.ts';
import { createExpressionSteps } from '../../../../collector/sources/prometheus/expression-steps.ts';
import { createGaugeSteps } from '../../../../collector/sources/prometheus/gauge-steps.ts';
import {
  createQueryClient,
  type QueryClient,
} from '../../../../collector/sources/prometheus/query-client.ts';
import type { Carries, StepForm } from '../../../../collector/sources/prometheus/step-form.ts';
import { openStepReader } from '../../../../collector/sources/prometheus/step-reader.ts';
import type { ExpressionForm, GaugeForm } from '../../../../slo/sli.ts';
import { prometheusExpression } from '../../../../slo/sli/prometheus-expression.ts';
import type { Slo } from '../../../../slo/slo.ts';
import { createTestLedger, type TestLedger, testContext } from '../test-ledger.ts';
import { connectionTo, matrix, type QueryApi, startQueryApi } from './query-api.ts';
import { sloOf } from './slo-fixture.ts';

const NOW = 1_700_000_400;
const never = new AbortController().signal;
const half = (name: string, labels = {}) => ({ ninefold_half: name, ...labels });

describe('SLIs that are read step by step', () => {
  let api: QueryApi;
  let client: QueryClient;
  beforeAll(async () => {
    api = await startQueryApi();
    client = createQueryClient(connectionTo(api.url));
  });
  afterAll(async () => {
    client.close();
    await api.close();
  });

  function expression(form: Partial<ExpressionForm> = {}): StepForm {
    return createExpressionSteps(
      {
        form: 'expression',
        total: 'sum(increase(a[$step]))',
        counted: 'bad',
        part: 'sum(increase(b[$step]))',
        stepSeconds: 60,
        ...form,
      },
      { client, instance: ({ path = '' }) => path },
    );
  }

  function gauge(form: Partial<GaugeForm> = {}): StepForm {
    return createGaugeSteps(
      {
        form: 'gauge',
        expression: 'min(up)',
        goodWhen: { operator: '>=', bound: 1 },
        sliceSeconds: 60,
        ...form,
      },
      { client, instance: ({ path = '' }) => path },
    );
  }

  const read = (steps: StepForm, from: number, to: number, carries: Carries = new Map()) =>
    steps.read({ from, to, carries, carriesAt: to }, never);

  it('asks for total and part in one query, with the step in place of $step', async () => {
    await read(expression(), 0, 300);
    const { path, form } = api.asked.at(-1)!;
    expect(path).toBe('/api/v1/query_range');
    expect(form).toMatchObject({ start: '60', end: '300', step: '60' });
    expect(form['query']?.replaceAll('\n', '')).toBe(
      'label_replace((sum(increase(a[60s]))), "ninefold_half", "total", "", "") or ' +
        'label_replace((sum(increase(b[60s]))), "ninefold_half", "part", "", "")',
    );
  });

  it('carries fractions so that the counts of all steps are within one of what was measured', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.double({ min: 0, max: 9, noNaN: true }),
            fc.double({ min: 0, max: 1, noNaN: true }),
          ),
          {
            minLength: 1,
            maxLength: 30,
          },
        ),
        fc.nat(30),
        async (steps, cut) => {
          const points = steps.map(
            ([total, share], k) => [60 * (k + 1), total, total * share] as const,
          );
          api.answer = ({ form }) => {
            const asked = points.filter(
              ([at]) => at >= Number(form['start']) && at <= Number(form['end']),
            );
            return {
              body: matrix([
                [half('total'), ...asked.map(([at, total]) => [at, total] as const)],
                [half('part'), ...asked.map(([at, , part]) => [at, part] as const)],
              ]),
            };
          };
          const form = expression();
          const middle = 60 * Math.min(cut, steps.length);
          const end = 60 * steps.length;
          const first = await read(form, 0, middle);
          const rest = middle < end ? (await read(form, middle, end, first.carries)).counts : [];
          const counts = middle === 0 ? rest : [...first.counts, ...rest];
          const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
          expect(
            Math.abs(sum(counts.map(({ total }) => total)) - sum(points.map(([, t]) => t))),
          ).toBeLessThan(2);
          expect(
            Math.abs(sum(counts.map(({ bad }) => bad)) - sum(points.map(([, , b]) => b))),
          ).toBeLessThan(1.001);
          for (const { total, bad } of counts) {
            expect(Number.isInteger(total) && Number.isInteger(bad)).toBe(true);
            expect(bad >= 0 && bad <= total).toBe(true);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('takes an absent part for none, an absent total for unknown, and counts by group', async () => {
    api.answer = () => ({
      body: matrix([
        [half('total', { path: '/a' }), [60, 10], [120, NaN], [180, 4]],
        [half('total', { path: '/b' }), [60, 5]],
        [half('part', { path: '/a' }), [180, 6]],
      ]),
    });
    const told = await read(expression(), 0, 180);
    expect(told.measured).toEqual([60, 180]);
    expect(told.counts).toEqual([
      { end: 60, instance: '/a', total: 10, bad: 0 },
      { end: 180, instance: '/a', total: 4, bad: 4 },
      { end: 60, instance: '/b', total: 5, bad: 0 },
    ]);
    expect(told.clamped).toBe(2);
  });

  it('judges a gauge slice by every point of every series', async () => {
    api.answer = () => ({
      body: matrix([
        [{}, [15, 1], [30, 1], [45, 1], [60, 1], [75, 1], [90, 0.5], [105, 1], [120, 1]],
        [{ other: 'x' }, [15, 1], [180, 2], [240, NaN]],
      ]),
    });
    const told = await read(gauge(), 0, 240);
    expect(api.asked.at(-1)?.form).toMatchObject({ start: '15', end: '240', step: '15' });
    expect(told.counts).toEqual([
      { end: 60, instance: '', total: 1, bad: 0 },
      { end: 120, instance: '', total: 1, bad: 1 },
      { end: 180, instance: '', total: 1, bad: 0 },
    ]);
    expect(told.measured).toEqual([60, 120, 180]);
  });

  describe('in a reader', () => {
    const slo = sloOf('steps', {
      sli: prometheusExpression({ total: 'a_total * $step', bad: 'b_total * $step' }),
    });
    let clock: ManualClock;
    let ledger: TestLedger;
    /** Bad events of a step, which the test changes as late samples would; every step has 10. */
    let bad: (end: number) => number;
    const open = (more: Partial<Slo> = {}, notBefore = -Infinity) =>
      openStepReader({
        id: 'prometheus/main/steps/x',
        slo: { ...slo, ...more },
        steps: expression(),
        context: testContext(ledger, { clock }),
        settings: { backfill: true, settleSeconds: 30, chunkSamples: 1, notBefore },
        failed: () => {},
      });
    const begin = () => {
      clock = createManualClock(NOW * 1000);
      const steady = createTestLedger();
      ledger = { ...steady, instance: () => slo.id };
      bad = () => 1;
      api.answer = ({ form }) => {
        const ends: number[] = [];
        for (let at = Number(form['start']); at <= Number(form['end']); at += 60) ends.push(at);
        return {
          body: matrix([
            [half('total', { path: slo.id }), ...ends.map((end) => [end, 10] as const)],
            [half('part', { path: slo.id }), ...ends.map((end) => [end, bad(end)] as const)],
          ]),
        };
      };
    };

    it('reads the whole window at first, old steps in wide cells, and then replaces what was late', async () => {
      begin();
      let reader = await open();
      await reader.catchUp(never);
      await reader.poll(never);
      const steps = (30 * 86_400) / 60;
      const [total, badly] = await ledger.totals(slo.id);
      expect(total).toBeGreaterThanOrEqual(10 * (steps - 15));
      expect(total).toBeLessThanOrEqual(10 * (steps + 15));
      expect(badly).toBe(total / 10);
      expect((await ledger.counts()).size).toBeLessThan(30 * 96 + 400);
      expect(ledger.watermarks.get(slo.id)).toBeLessThanOrEqual(NOW);
      expect(ledger.watermarks.get(slo.id)).toBeGreaterThan(NOW - 90);

      const late = NOW - (NOW % 60) - 120;
      bad = (end) => (end === late ? 7 : 1);
      await clock.advance(60_000);
      reader = await open();
      await reader.poll(never);
      expect(await ledger.totals(slo.id)).toEqual([total + 10, badly + 1 + 6]);
      await reader.poll(never);
      expect(await ledger.totals(slo.id)).toEqual([total + 10, badly + 1 + 6]);
    });

    it('does not read again what another part has counted', async () => {
      begin();
      const reader = await open({}, NOW - 7200);
      await reader.catchUp(never);
      await reader.poll(never);
      const [total] = await ledger.totals(slo.id);
      expect(total).toBeLessThanOrEqual(1200);
      expect(total).toBeGreaterThan(1200 - 160);
    });
  });
});
