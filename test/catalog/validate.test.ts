// A workspace is checked as a whole, whatever its files export.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validate } from '../../catalog/index.ts';
import {
  defineConfig,
  defineService,
  defineSlo,
  kafkaEvents,
  lokiRatio,
  prometheusExpression,
  prometheusGauge,
  prometheusLatency,
  prometheusRatio,
  type SliDefinition,
} from '../../index.ts';

const service = defineService({ name: 'checkout', team: 'shop' });
const config = {
  file: 'ninefold.config.ts',
  path: 'default',
  value: defineConfig({
    connections: { prometheus: { default: { url: 'http://127.0.0.1:9090' } } },
  }),
};

/** What is told about an SLI in an SLO without mistakes, with a Prometheus connection and no other. */
function told(sli: SliDefinition): string[] {
  const value = defineSlo({ service, name: 'a', objective: '99%', sli });
  const { diagnostics } = validate([config, { file: 'a.slo.ts', path: 'it', value }], '/');
  return diagnostics.map((each) => `${each.code} ${each.path}`);
}

describe('queries', () => {
  const [a, b] = ['a_total', 'b_total'];
  it.each<[string, SliDefinition, readonly string[]]>([
    ['two selectors', prometheusRatio({ total: a, bad: b }), []],
    ['a range', prometheusRatio({ total: `${a}[5m]`, bad: b }), ['promql-selector it.sli.total']],
    [
      'an offset',
      prometheusRatio({ total: a, good: `${b} offset 5m` }),
      ['promql-selector it.sli.good'],
    ],
    ['broken text', prometheusRatio({ total: `${a}{`, bad: b }), ['promql-syntax it.sli.total']],
    [
      'a pattern that is none',
      prometheusRatio({ total: a, bad: `${b}{c=~"("}` }),
      ['promql-type it.sli.bad'],
    ],
    [
      'one query twice',
      prometheusRatio({ total: 'a{b="1",c="2"}', bad: "a{c='2', b='1'}" }),
      ['same-query it.sli.bad'],
    ],
    [
      'a broken latency selector, once',
      prometheusLatency({ histogram: 'h', selector: '{a=}', atMost: '1s' }),
      ['promql-syntax it.sli.selector'],
    ],
    [
      'a bound given twice',
      prometheusLatency({ histogram: 'h', selector: '{le="1"}', atMost: '1s' }),
      ['promql-selector it.sli.selector'],
    ],
    [
      'expressions',
      prometheusExpression({ total: 'sum(increase(a[$step]))', bad: 'sum(increase(b[$step]))' }),
      [],
    ],
    [
      'an expression without $step',
      prometheusExpression({ total: 'a', bad: 'increase(b[$step])' }),
      ['promql-step it.sli.total'],
    ],
    [
      'an expression of a range',
      prometheusExpression({ total: 'a[$step]', bad: 'increase(b[$step])' }),
      ['promql-type it.sli.total'],
    ],
    ['a gauge', prometheusGauge({ expression: 'min(up)', goodWhen: '== 1' }), []],
    [
      'a gauge of text',
      prometheusGauge({ expression: '"up"', goodWhen: '== 1' }),
      ['promql-type it.sli.expression'],
    ],
    [
      'a gauge without range',
      prometheusGauge({ expression: 'rate(up)', goodWhen: '== 1' }),
      ['promql-type it.sli.expression'],
    ],
    [
      'logs that count',
      lokiRatio({ total: 'rate({a="b"}[5m])', bad: '{a="b"} |= "x"' }),
      ['logql-log-query it.sli.total', 'unknown-connection it.sli.connection'],
    ],
    [
      'logs twice',
      lokiRatio({ total: '{a="b"}  |= "x  y"', bad: '{a="b"}|= "x  y"' }),
      ['same-query it.sli.bad', 'unknown-connection it.sli.connection'],
    ],
    [
      'an unknown connection',
      prometheusRatio({ total: a, bad: b, connection: 'defualt' }),
      ['unknown-connection it.sli.connection'],
    ],
    [
      'Kafka without a connection',
      kafkaEvents({ topic: 't', fields: { a: 'string' }, bad: (event) => event.a.exists() }),
      ['unknown-connection it.sli.connection'],
    ],
  ])('of %s are judged', (_, sli, expected) => {
    expect(told(sli)).toEqual(expected);
  });

  it('are judged also when another part of the SLO is wrong', () => {
    const value = defineSlo({
      service,
      name: 'a',
      objective: '100%',
      sli: prometheusRatio({ total: 'rate(a[5m])', bad: 'b', connection: 'x' }),
    });
    const { diagnostics } = validate([config, { file: 'a.slo.ts', path: 'it', value }], '/');
    expect(diagnostics.map((each) => each.code)).toEqual([
      'not-an-objective',
      'promql-selector',
      'unknown-connection',
    ]);
  });
});

describe('services', () => {
  const slo = (name: string, owner = service): object =>
    defineSlo({
      service: owner,
      name,
      objective: '99%',
      sli: prometheusRatio({ total: 'a', bad: 'b' }),
    });
  const found = (value: object, path: string): Parameters<typeof validate>[0][number] => ({
    file: 'a.slo.ts',
    path,
    value: value as { kind: string },
  });

  it('come along with their SLOs, and are told of once however many there are', () => {
    const broken = defineService({ name: 'Bad Name', team: 'shop' });
    const { diagnostics } = validate(
      [config, found(slo('a', broken), 'a'), found(slo('b', broken), 'b')],
      '/',
    );
    expect(diagnostics.map((each) => `${each.code} ${each.path}`)).toEqual([
      'not-a-name a.service.name',
    ]);
  });

  it('are the same when they say the same, wherever they were made', () => {
    const again = defineService({ team: 'shop', name: 'checkout' });
    const { catalog, diagnostics } = validate(
      [config, found(service, 'service'), found(slo('a'), 'a'), found(slo('b', again), 'b')],
      '/',
    );
    expect(diagnostics).toEqual([]);
    expect(catalog?.services.map((each) => each.name)).toEqual(['checkout']);
    expect(catalog?.origins['checkout']).toEqual({ file: 'a.slo.ts', path: 'service' });
  });
});

it('takes whatever files export without throwing', () => {
  const kind = fc.constantFrom('service', 'slo', 'config');
  const form = fc.record(
    {
      form: fc.constantFrom('counters', 'expression', 'gauge', 'logs', 'events'),
      total: fc.oneof(fc.string(), fc.record({ selector: fc.string() })),
      part: fc.oneof(
        fc.string(),
        fc.record({ selector: fc.string(), le: fc.string() }),
        fc.anything(),
      ),
      counted: fc.constantFrom('bad', 'good'),
      expression: fc.string(),
      stepSeconds: fc.integer(),
      sliceSeconds: fc.integer(),
      goodWhen: fc.anything(),
      origin: fc.oneof(fc.constant({ kafka: { topic: 't' } }), fc.anything()),
      time: fc.anything(),
    },
    { requiredKeys: ['form'] },
  );
  const sli = fc.record({
    kind: fc.string(),
    connection: fc.string(),
    form,
    written: fc.anything(),
    problems: fc.array(fc.anything()),
  });
  const value = fc.record(
    {
      kind,
      name: fc.constant('a'),
      objective: fc.constant('99%'),
      service: fc.constant(service),
      sli,
    },
    { requiredKeys: ['kind'] },
  );
  fc.assert(
    fc.property(fc.array(value, { maxLength: 3 }), (values) => {
      const found = values.map((each, index) => ({
        file: 'a.slo.ts',
        path: `e${index}`,
        value: each,
      }));
      const { catalog, diagnostics } = validate(found, '/');
      expect(catalog === undefined).toBe(diagnostics.some((each) => each.severity === 'error'));
      for (const each of diagnostics) expect(each.remedy).not.toBe('');
    }),
    { numRuns: 300, endOnFailure: true },
  );
});
