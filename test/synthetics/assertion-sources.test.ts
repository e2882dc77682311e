// Every source of every kind with every condition that it offers: each can be written, is data, and judges whatever comes without breaking.
import { describe, expect, it } from 'vitest';
import * as ninefold from '../../index.ts';
import { type Operator, OPERATORS } from '../../synthetics/assertion-grammar.ts';
import { type Assertion, evaluateAssertion } from '../../synthetics/assertion.ts';

const { contract, dns, freshness, grpc, heartbeat, http, tcp, tls, websocket } = ninefold;
type Ask = (answer: unknown) => Assertion[];

const request = { url: 'https://shop.example/' } as const;
const address = 'shop.example:443';
const KINDS: Readonly<Record<string, (expect: Ask) => ninefold.ProbeDefinition>> = {
  http: (expect) => http({ ...request, expect }),
  tls: (expect) => tls({ address, expect }),
  tcp: (expect) => tcp({ address, tls: {}, expect }),
  dns: (expect) => dns({ name: 'shop.example', expect }),
  websocket: (expect) => websocket({ url: 'wss://shop.example/', expect }),
  grpc: (expect) => grpc({ address, expect }),
  contract: (expect) => contract({ ...request, schema: 'order.json', expect }),
  freshness: (expect) => freshness({ write: request, read: request, within: '1s', expect }),
  heartbeat: (expect) => heartbeat({ file: 'last', within: '1h', expect }),
};

/** An argument that each source with one takes. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  header: 'x-total',
  metadata: 'x-total',
  json: '$.total',
  phase: 'connect',
};

/** Words that the operator may be written with; the first that the source's type takes is. */
function operandsOf(operator: Operator): readonly (readonly unknown[])[] {
  const { takes } = OPERATORS[operator];
  if (takes === 'none') return [[]];
  if (takes === 'count') return [[2]];
  if (takes === 'text' || takes === 'pattern') return [['a']];
  return [[2], ['2s'], ['a'], [true]];
}

/** Whatever may come: what is absent, of any type, empty, and not a number. */
const VALUES = [undefined, null, true, 0, NaN, 200, '', 'a', [], ['a'], [{}], { a: 1 }];

type Conditions = Readonly<Record<string, (...operands: readonly unknown[]) => Assertion>>;

describe.each(Object.keys(KINDS))('what an answer of the kind %s can be asked', (kind) => {
  const tried: string[] = [];
  const problem: string[] = [];
  const assertions: Assertion[] = [];
  const definition = KINDS[kind]?.((answer) => {
    const sources = answer as Readonly<Record<string, Conditions | ((at: string) => Conditions)>>;
    for (const [source, given] of Object.entries(sources)) {
      const conditions = typeof given === 'function' ? given(ARGUMENTS[source] ?? '') : given;
      for (const operator of Object.keys(conditions) as Operator[]) {
        tried.push(`${source}.${operator}`);
        const made = operandsOf(operator).flatMap((operands) => {
          try {
            return [conditions[operator]?.(...operands)];
          } catch {
            return [];
          }
        });
        if (made[0] === undefined) problem.push(`${source}.${operator}`);
        else assertions.push(made[0]);
      }
    }
    // As many as one check may have.
    return assertions.slice(0, 40);
  });

  it('is written with what the operator takes, and compiles into a definition', () => {
    expect(problem).toEqual([]);
    expect(definition?.problems).toEqual([]);
    expect(tried.length).toBeGreaterThan(10);
    expect(tried.filter((each) => each.startsWith('phase.'))).toHaveLength(4);
  });

  it('judges whatever comes: what is absent meets only absence, and each result has words', () => {
    for (const assertion of assertions)
      for (const value of VALUES) {
        const result = evaluateAssertion(assertion, value);
        expect(JSON.parse(JSON.stringify(result))).toEqual(result);
        expect(result.text).toContain(result.expected);
        expect(result.got).not.toBe('');
        expect(value === undefined && result.held).toBe(
          value === undefined && assertion.operator === 'absent',
        );
      }
  });
});
