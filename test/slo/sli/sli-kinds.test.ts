// Each SLI kind lowers itself to one normal form, and tells its mistakes instead of throwing.
import { describe, expect, it } from 'vitest';
import { all, any, not } from '../../../slo/combine-predicates.ts';
import { ingestEvents } from '../../../slo/sli/ingest-events.ts';
import { kafkaEvents } from '../../../slo/sli/kafka-events.ts';
import { lokiRatio } from '../../../slo/sli/loki-ratio.ts';
import { prometheusExpression } from '../../../slo/sli/prometheus-expression.ts';
import { prometheusGauge } from '../../../slo/sli/prometheus-gauge.ts';
import { prometheusLatency } from '../../../slo/sli/prometheus-latency.ts';
import { prometheusRatio } from '../../../slo/sli/prometheus-ratio.ts';
import type { Predicate } from '../../../slo/predicate.ts';
import type { SliDefinition } from '../../../slo/sli/sli-definition.ts';

/** The codes and paths of an SLI's problems. */
function problemsOf(sli: SliDefinition): string[] {
  return sli.problems.map((problem) => `${problem.code} ${problem.path}`);
}

/** Calls an SLI kind as JavaScript can: with anything. */
function untyped(kind: (input: never) => SliDefinition, input: unknown): SliDefinition {
  return (kind as (input: unknown) => SliDefinition)(input);
}

describe('the normal form', () => {
  it('of a ratio of counters holds the two selectors as written', () => {
    const sli = prometheusRatio({ total: 'requests_total', bad: 'requests_total{code=~"5.."}' });
    expect(sli.form).toEqual({
      form: 'counters',
      total: { selector: 'requests_total' },
      counted: 'bad',
      part: { selector: 'requests_total{code=~"5.."}' },
    });
    expect(sli.written).toEqual({ total: 'total', part: 'bad' });
    expect(sli.connection).toBe('default');
  });

  it('of a latency counts good the bucket at the bound, and total the count', () => {
    const sli = prometheusLatency({
      histogram: 'request_seconds',
      selector: '{job="api"}',
      atMost: '250ms',
      connection: 'eu',
    });
    expect(sli.form).toEqual({
      form: 'counters',
      total: { selector: 'request_seconds_count{job="api"}' },
      counted: 'good',
      part: { selector: 'request_seconds_bucket{job="api"}', le: '0.25' },
    });
    expect(sli.connection).toBe('eu');
  });

  it.each([
    ['250ms', 'seconds', '0.25'],
    ['0.5s', 'seconds', '0.5'],
    ['1s', 'seconds', '1'],
    ['2500us', 'seconds', '0.0025'],
    ['100ms', 'seconds', '0.1'],
    ['300ms', 'seconds', '0.3'],
    ['250ms', 'milliseconds', '250'],
    ['1.5s', 'milliseconds', '1500'],
  ] as const)('writes the bound %s of a histogram in %s as le=%s', (atMost, unit, le) => {
    const sli = prometheusLatency({ histogram: 'h', atMost, unit });
    expect(sli.form).toMatchObject({ part: { selector: 'h_bucket', le } });
  });

  it('of an expression holds the step in seconds, a minute by default', () => {
    const [total, good] = ['sum(increase(a[$step]))', 'sum(increase(b[$step]))'];
    expect(prometheusExpression({ total, good }).form).toEqual({
      form: 'expression',
      total,
      counted: 'good',
      part: good,
      stepSeconds: 60,
    });
    expect(prometheusExpression({ total, good, step: '5m' }).form).toMatchObject({
      stepSeconds: 300,
    });
  });

  it.each([
    ['>= 1', '>=', 1],
    ['< 0.5', '<', 0.5],
    ['== 0', '==', 0],
    ['!= -2', '!=', -2],
    ['<= 1e-3', '<=', 0.001],
    ['> 1', '>', 1],
  ] as const)('of a gauge holds the comparison %s as data', (goodWhen, operator, bound) => {
    expect(prometheusGauge({ expression: 'up', goodWhen }).form).toEqual({
      form: 'gauge',
      expression: 'up',
      goodWhen: { operator, bound },
      sliceSeconds: 60,
    });
  });

  it('of log lines holds the two log queries', () => {
    const sli = lokiRatio({ total: '{app="web"}', bad: '{app="web"} |= "error"' });
    expect(sli.form).toEqual({
      form: 'logs',
      total: '{app="web"}',
      counted: 'bad',
      part: '{app="web"} |= "error"',
    });
  });

  it('of events holds their origin, their time and predicates as data', () => {
    const sli = kafkaEvents({
      topic: 'access.log-1',
      fields: { at: 'number', status: 'status', 'http.path': 'string', took: 'milliseconds' },
      time: { field: 'at', as: 'epoch-milliseconds' },
      total: (event) => not(event['http.path'].startsWith('/health')),
      bad: (event) => any(event.status.isServerError(), event.took.greaterThan('0.5s')),
    });
    expect(sli.problems).toEqual([]);
    expect(sli.form).toEqual({
      form: 'events',
      origin: { kafka: { topic: 'access.log-1' } },
      time: { field: 'at', as: 'epoch-milliseconds' },
      total: { not: { field: 'http.path', startsWith: '/health' } },
      counted: 'bad',
      part: {
        any: [
          {
            all: [
              { field: 'status', atLeast: 500 },
              { field: 'status', lessThan: 600 },
            ],
          },
          { field: 'took', greaterThan: 500 },
        ],
      },
    });
    expect(sli.groupLabels).toEqual(['at', 'status', 'http.path', 'took']);
  });

  it('of ingested events takes the arrival as their time by default', () => {
    const sli = ingestEvents({
      stream: 'orders',
      fields: { outcome: 'string' },
      good: (event) => event.outcome.oneOf('paid', 'shipped'),
    });
    expect(sli.form).toEqual({
      form: 'events',
      origin: { ingest: { stream: 'orders' } },
      time: 'broker',
      counted: 'good',
      part: { field: 'outcome', oneOf: ['paid', 'shipped'] },
    });
  });
});

describe('conditions on fields', () => {
  const lower = (bad: Parameters<typeof predicates>[0]): unknown => predicates(bad).form;
  function predicates(
    bad: Parameters<
      typeof kafkaEvents<{ s: 'string'; n: 'number'; b: 'boolean'; c: 'status'; t: 'seconds' }>
    >[0]['bad'] & {},
  ): SliDefinition {
    const fields = { s: 'string', n: 'number', b: 'boolean', c: 'status', t: 'seconds' } as const;
    return kafkaEvents({ topic: 't', fields, bad });
  }

  it('become the condition that they are named for', () => {
    const parts = [
      lower(({ s }) => all(s.equals('a'), s.startsWith('b'), s.endsWith('c'), s.contains('d'))),
      lower(({ n }) => all(n.lessThan(1), n.atMost(2), n.greaterThan(3), n.atLeast(4))),
      lower(({ b, s, n }) => all(b.equals(true), s.exists(), n.oneOf(1, 2))),
      lower(({ c }) => any(c.isClientError(), c.isSuccess())),
      lower(({ t }) => all(t.lessThan('1ms'), t.atLeast('2s'))),
    ].map((form) => (form as { part: unknown }).part);
    expect(parts).toEqual([
      {
        all: [
          { field: 's', equals: 'a' },
          { field: 's', startsWith: 'b' },
          { field: 's', endsWith: 'c' },
          { field: 's', contains: 'd' },
        ],
      },
      {
        all: [
          { field: 'n', lessThan: 1 },
          { field: 'n', atMost: 2 },
          { field: 'n', greaterThan: 3 },
          { field: 'n', atLeast: 4 },
        ],
      },
      {
        all: [
          { field: 'b', equals: true },
          { field: 's', exists: true },
          { field: 'n', oneOf: [1, 2] },
        ],
      },
      {
        any: [
          {
            all: [
              { field: 'c', atLeast: 400 },
              { field: 'c', lessThan: 500 },
            ],
          },
          {
            all: [
              { field: 'c', atLeast: 200 },
              { field: 'c', lessThan: 300 },
            ],
          },
        ],
      },
      {
        all: [
          { field: 't', lessThan: 0.001 },
          { field: 't', atLeast: 2 },
        ],
      },
    ]);
  });

  const bads: readonly (readonly [string, unknown, string, string])[] = [
    [
      'an undeclared field',
      (event: Record<string, { equals(n: number): unknown }>) => event['sttaus']?.equals(1),
      'unknown-event-field',
      'status',
    ],
    [
      'data about an undeclared field',
      () => ({ field: 'statuz', equals: 1 }),
      'unknown-event-field',
      'status',
    ],
    [
      'an unknown condition',
      (e: { status: { above(n: number): unknown } }) => e.status.above(5),
      'not-a-predicate',
      'above',
    ],
    [
      'a bound of another type',
      (e: { status: { atLeast(n: unknown): unknown } }) => e.status.atLeast('500'),
      'not-a-predicate',
      "'500' is not a number",
    ],
    ['no result', () => undefined, 'not-a-predicate', 'undefined'],
    ['something else', () => ({ all: 'x' }), 'not-a-predicate', 'all'],
    [
      'an exception',
      () => {
        throw new Error('boom');
      },
      'not-a-predicate',
      'boom',
    ],
    ['no function', 'status >= 500', 'wrong-type', 'status >= 500'],
  ];
  it.each(bads)('refuses %s', (_, bad, code, said) => {
    const fields = { status: 'status' };
    const sli = untyped(kafkaEvents, { topic: 't', fields, bad });
    expect(sli.form).toBeUndefined();
    expect(problemsOf(sli)).toEqual([`${code} bad`]);
    expect(sli.problems[0]?.message).toContain(said);
    expect(sli.problems[0]?.remedy).not.toBe('');
  });

  it('takes predicates of forty levels, which still mean the same in the SLO', () => {
    const nested = (levels: number): Predicate =>
      levels === 0 ? { field: 'a', exists: true } : all(nested(levels - 1));
    const fields = { a: 'string' } as const;
    const sli = kafkaEvents({ topic: 't', fields, bad: () => nested(40) });
    expect(sli.form).toMatchObject({ part: nested(40) });
    expect(problemsOf(kafkaEvents({ topic: 't', fields, bad: () => nested(41) }))).toEqual([
      'not-a-predicate bad',
    ]);
  });

  it.each([1000, 200_000])('refuses a predicate of depth %d', (end) => {
    let nested: unknown = { field: 'a', exists: true };
    for (let depth = 0; depth < end; depth += 1) nested = { not: nested };
    const sli = untyped(kafkaEvents, { topic: 't', fields: { a: 'string' }, bad: () => nested });
    expect(problemsOf(sli)).toEqual(['not-a-predicate bad']);
  });
});

describe('mistakes', () => {
  const sets: readonly (readonly [string, () => SliDefinition, readonly string[]])[] = [
    [
      'both parts',
      () => untyped(prometheusRatio, { total: 'a', bad: 'b', good: 'c' }),
      ['bad-or-good good'],
    ],
    ['no part', () => untyped(prometheusRatio, { total: 'a' }), ['bad-or-good bad']],
    ['no input', () => untyped(prometheusRatio, undefined), ['wrong-type ']],
    ['no total', () => untyped(lokiRatio, { bad: 'b' }), ['missing-field total']],
    [
      'a misspelt property',
      () => untyped(lokiRatio, { totl: 'a', bad: 'b' }),
      ['unknown-field totl'],
    ],
    [
      'a query that is a number',
      () => untyped(prometheusRatio, { total: 5, bad: 'b' }),
      ['wrong-type total'],
    ],
    ['an empty query', () => prometheusRatio({ total: '', bad: 'b' }), ['out-of-range total']],
    [
      'a query without end',
      () => prometheusRatio({ total: 'a'.repeat(10_001), bad: 'b' }),
      ['out-of-range total'],
    ],
    [
      'a bucket for a histogram',
      () => prometheusLatency({ histogram: 'a_bucket', atMost: '1s' }),
      ['histogram-name histogram'],
    ],
    [
      'matchers in the name',
      () => prometheusLatency({ histogram: 'a{b="c"}', atMost: '1s' }),
      ['histogram-name histogram'],
    ],
    [
      'a bound of zero',
      () => prometheusLatency({ histogram: 'a', atMost: '0s' }),
      ['histogram-bound atMost'],
    ],
    [
      'a bound in minutes',
      () => untyped(prometheusLatency, { histogram: 'a', atMost: '1m' }),
      ['histogram-bound atMost'],
    ],
    [
      'a bound without unit',
      () => untyped(prometheusLatency, { histogram: 'a', atMost: 0.5 }),
      ['wrong-type atMost'],
    ],
    [
      'a step of a second',
      () => prometheusExpression({ total: 'a', bad: 'b', step: '1s' }),
      ['not-a-duration step'],
    ],
    [
      'a comparison without number',
      () => untyped(prometheusGauge, { expression: 'up', goodWhen: '>= x' }),
      ['not-a-comparison goodWhen'],
    ],
    [
      'a comparison without operator',
      () => untyped(prometheusGauge, { expression: 'up', goodWhen: '1' }),
      ['not-a-comparison goodWhen'],
    ],
    [
      'a slice of seven seconds',
      () => prometheusGauge({ expression: 'up', goodWhen: '== 1', slice: '7s' }),
      ['slice-length slice'],
    ],
    [
      'a topic with a slash',
      () => kafkaEvents({ topic: 'a/b', fields: { a: 'string' }, bad: (e) => e.a.exists() }),
      ['not-a-topic topic'],
    ],
    [
      'a connection for ingest',
      () =>
        untyped(ingestEvents, {
          stream: 'a',
          fields: { a: 'string' },
          bad: (e: { a: { exists(): unknown } }) => e.a.exists(),
          connection: 'x',
        }),
      ['unknown-field connection'],
    ],
    [
      'an unknown kind of field',
      () =>
        untyped(ingestEvents, {
          stream: 'a',
          fields: { a: 'text' },
          bad: (e: { a: { exists(): unknown } }) => e.a.exists(),
        }),
      ['unknown-value fields.a'],
    ],
    [
      'no fields',
      () =>
        untyped(ingestEvents, {
          stream: 'a',
          fields: {},
          bad: () => ({ field: 'a', exists: true }),
        }),
      ['out-of-range fields', 'unknown-event-field bad'],
    ],
    [
      'a time in no field',
      () =>
        untyped(kafkaEvents, {
          topic: 'a',
          fields: { at: 'string' },
          time: { field: 'att', as: 'rfc3339' },
          bad: () => ({ field: 'at', exists: true }),
        }),
      ['unknown-event-field time.field'],
    ],
    [
      'a time of the wrong kind',
      () =>
        untyped(kafkaEvents, {
          topic: 'a',
          fields: { at: 'number' },
          time: { field: 'at', as: 'rfc3339' },
          bad: () => ({ field: 'at', exists: true }),
        }),
      ['wrong-type time.field'],
    ],
  ];
  it.each(sets)('tells of %s', (_, define, problems) => {
    const sli = define();
    expect(problemsOf(sli)).toEqual(problems);
    expect(sli.form).toBeUndefined();
    for (const problem of sli.problems) {
      expect(problem.message.length).toBeGreaterThan(10);
      expect(problem.remedy.length).toBeGreaterThan(10);
    }
  });

  it('are all told together', () => {
    const sli = untyped(prometheusGauge, { expresion: 'up', goodWhen: 'up', slice: '7s' });
    expect(problemsOf(sli)).toEqual([
      'unknown-field expresion',
      'not-a-comparison goodWhen',
      'slice-length slice',
    ]);
  });
});

it('gives frozen plain data that survives JSON', () => {
  const slis: SliDefinition[] = [
    prometheusRatio({ total: 'a', bad: 'b' }),
    prometheusLatency({ histogram: 'a', atMost: '1s' }),
    kafkaEvents({ topic: 't', fields: { a: 'string' }, bad: (event) => event.a.exists() }),
    untyped(prometheusRatio, { total: () => 'a', bad: Number.NaN }),
  ];
  for (const sli of slis) {
    expect(JSON.parse(JSON.stringify(sli))).toEqual(sli);
    expect(Object.isFrozen(sli)).toBe(true);
    expect(Object.isFrozen(sli.written)).toBe(true);
    expect(Object.isFrozen(sli.problems)).toBe(true);
  }
});
