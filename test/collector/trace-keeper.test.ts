import { setTimeout as sleep } from 'node:timers/promises';
import { context, ROOT_CONTEXT, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import {
  createSampler,
  createTraceKeeper,
  type SpanExporter,
} from '../../collector/trace-keeper.ts';

type Exported = Parameters<SpanExporter['export']>[0][number];
type Keeper = ReturnType<typeof createTraceKeeper>;

/** A span as the SDK hands it over; only what the keeper and exporters read. */
function span(
  traceId: string,
  more: { parent?: 'local' | 'remote'; sampled?: boolean; failed?: boolean; name?: string } = {},
): Exported {
  const ids = {
    traceId,
    spanId: '00f067aa0ba902b7',
    traceFlags: more.sampled === true ? TraceFlags.SAMPLED : TraceFlags.NONE,
  };
  return {
    name: more.name ?? 'work',
    spanContext: () => ids,
    ...(more.parent === undefined
      ? {}
      : { parentSpanContext: { ...ids, isRemote: more.parent === 'remote' } }),
    status: { code: more.failed === true ? SpanStatusCode.ERROR : SpanStatusCode.UNSET },
  } as unknown as Exported;
}

function keeping(delay = 0): { keeper: Keeper; out: Exported[] } {
  const out: Exported[] = [];
  const keeper = createTraceKeeper({
    export(spans, done) {
      out.push(...spans);
      setTimeout(() => done({ code: 0 }), delay);
    },
    shutdown: async () => {},
  });
  return { keeper, out };
}

/** Runs a whole trace: starts the spans in order, ends them in reverse. */
function run(keeper: Keeper, spans: readonly Exported[]): void {
  for (const each of spans) keeper.onStart(each as never, ROOT_CONTEXT);
  for (const each of spans.toReversed()) keeper.onEnd(each);
}

const names = (spans: readonly Exported[]) => spans.map(({ name }) => name).sort();

describe('keeping traces', () => {
  it('passes sampled spans on', async () => {
    const { keeper, out } = keeping();
    run(keeper, [span('a', { sampled: true, name: 'one' })]);
    await keeper.shutdown();
    expect(names(out)).toEqual(['one']);
  });

  it('lets go of an unsampled trace in which nothing failed', async () => {
    const { keeper, out } = keeping();
    run(keeper, [span('a'), span('a', { parent: 'local' })]);
    await keeper.shutdown();
    expect(out).toEqual([]);
  });

  it('passes an unsampled trace on whole when any span of it failed, marked as sampled', async () => {
    const { keeper, out } = keeping();
    run(keeper, [
      span('a', { name: 'root', parent: 'remote' }),
      span('a', { name: 'failed', parent: 'local', failed: true }),
      span('a', { name: 'fine', parent: 'local' }),
    ]);
    run(keeper, [span('b', { name: 'other' })]);
    await keeper.shutdown();
    expect(names(out)).toEqual(['failed', 'fine', 'root']);
    for (const each of out) expect(each.spanContext().traceFlags).toBe(TraceFlags.SAMPLED);
  });

  it('passes a failure on that ends after its trace', async () => {
    const { keeper, out } = keeping();
    const late = span('a', { name: 'late', parent: 'local', failed: true });
    run(keeper, [span('a')]);
    keeper.onEnd(late);
    await keeper.shutdown();
    expect(names(out)).toEqual(['late']);
  });

  it('bounds what it holds: traces, spans of a trace, spans that wait', async () => {
    const { keeper, out } = keeping(50);
    for (let index = 0; index < 5000; index += 1)
      keeper.onStart(span(`open-${index}`) as never, ROOT_CONTEXT);
    keeper.onEnd(span('open-0', { failed: true, name: 'evicted, but failed' }));
    const big = Array.from({ length: 5000 }, () => span('big', { parent: 'local' }));
    run(keeper, [span('big', { failed: true }), ...big]);
    for (let index = 0; index < 10_000; index += 1) keeper.onEnd(span('s', { sampled: true }));
    expect(keeper.dropped).toBeGreaterThan(0);
    await keeper.shutdown();
    expect(out.length + keeper.dropped).toBe(1 + 101 + 10_000);
    await sleep(0);
  });
});

describe('sampling', () => {
  const decisions = (share: number, parent = ROOT_CONTEXT): number[] =>
    Array.from({ length: 4000 }, (_, index) => {
      const id = ((BigInt(index) * 0x9e3779b97f4a7c15n) % 2n ** 64n).toString(16).padStart(32, '0');
      return createSampler(share).shouldSample(parent, id, 'x', 0, {}, []).decision;
    });
  const sampled = (list: number[]) => list.filter((decision) => decision === 2).length;

  it('takes the share and records the rest, in case it fails', () => {
    expect(sampled(decisions(1))).toBe(4000);
    expect(sampled(decisions(0))).toBe(0);
    expect(decisions(0).every((decision) => decision === 1)).toBe(true);
    expect(Math.abs(sampled(decisions(0.1)) - 400)).toBeLessThan(60);
  });

  it('follows a caller that sampled, or did not', () => {
    const caller = (traceFlags: number) =>
      trace.setSpanContext(context.active(), {
        traceId: '0af7651916cd43dd8448eb211c80319c',
        spanId: 'b7ad6b7169203331',
        traceFlags,
      });
    expect(sampled(decisions(0, caller(1)))).toBe(4000);
    expect(sampled(decisions(1, caller(0)))).toBe(0);
  });
});
