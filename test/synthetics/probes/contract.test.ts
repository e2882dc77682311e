import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { contract } from '../../../index.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { rawServer, reply } from '../raw-server.ts';
import { runProbe } from '../run-probe.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'ninefold-contract-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, content: unknown): void =>
  writeFileSync(
    path.join(folder, name),
    typeof content === 'string' ? content : JSON.stringify(content),
  );

const DOCUMENT = (version: string, price: string): string => `
openapi: ${version}
info: { title: Shop, version: '1' }
paths:
  /orders/{id}:
    get:
      operationId: getOrder
      responses:
        '200':
          description: the order
          headers:
            X-Total: { required: true, schema: { type: integer, minimum: 0 } }
            X-Flag: { schema: { type: boolean } }
          content:
            application/json: { schema: { $ref: '#/components/schemas/Order' } }
        '404': { $ref: '#/components/responses/Missing' }
        5XX: { description: broken }
    delete:
      responses: { '204': { description: gone } }
components:
  responses:
    Missing:
      description: none
      content:
        application/problem+json: { schema: { type: object, required: [title] } }
  schemas:
    Order:
      type: object
      required: [id, price, secret]
      additionalProperties: false
      properties:
        id: { type: string, format: uuid }
        price: ${price}
        secret: { type: string, writeOnly: true }
        note: { type: string, nullable: true }
        part: { $ref: '#/components/schemas/Order' }
        example: { type: string }
`;
write('old.yaml', DOCUMENT('3.0.3', '{ type: number, minimum: 0, exclusiveMinimum: true }'));
write(
  'new.yaml',
  DOCUMENT('3.1.0', '{ type: number, exclusiveMinimum: 0 }')
    .replace('required: [id, price, secret]', 'required: [id, price]')
    .replace('type: string, nullable: true', `type: [string, 'null']`),
);
write('order.schema.json', {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: 'https://registry.example/order/3',
  $ref: '#/$defs/Order',
  $defs: {
    Order: {
      type: 'object',
      required: ['id'],
      properties: { id: { type: 'string', pattern: '^o-' } },
    },
    List: { type: 'array', items: { $ref: '#/$defs/Order' } },
  },
});

const ID = '6f2a9c1e-3b54-4c77-9b8e-0d7f2b1a4c55';
const json = { 'Content-Type': 'application/json; charset=utf-8', 'X-Total': '3' };
const order = (more: object = {}): string => JSON.stringify({ id: ID, price: 2.5, ...more });
const openapi = (document: string, operation = 'getOrder') => ({ openapi: document, operation });
const options = { folder };

async function run(answer: ReturnType<typeof reply>, terms: object, more: object = {}) {
  const { url } = await rawServer(answer);
  return runProbe(
    contract({ url: `${url}/orders/7` as 'http://x', ...terms, ...more }),
    {},
    options,
  );
}

probeContract('contract', {
  healthy: async () =>
    contract({
      url: (await rawServer(reply('200 OK', order(), json))).url as 'http://x',
      ...openapi('old.yaml'),
    }),
  silent: async () =>
    contract({ url: (await rawServer(() => {})).url as 'http://x', ...openapi('old.yaml') }),
  absent: (port) => contract({ url: `http://127.0.0.1:${port}/`, ...openapi('old.yaml') }),
  options,
});

describe.each(['old.yaml', 'new.yaml'])('an OpenAPI operation of %s', (document) => {
  const terms = openapi(document);

  it('is kept by an answer as described, found by its id or its place', async () => {
    const good = reply('200 OK', order({ note: null, part: { id: ID, price: 1 }, example: 'x' }), {
      ...json,
      'X-Flag': 'true',
    });
    expect((await run(good, terms)).reason).toBeUndefined();
    expect((await run(good, openapi(document, 'GET /orders/{id}'))).reason).toBeUndefined();
    expect(
      (await run(reply('204 No Content'), openapi(document, 'DELETE /orders/{id}'))).reason,
    ).toBeUndefined();
  });

  it.each<[string, ReturnType<typeof reply>, string]>([
    [
      'a body with a value of another type',
      reply('200 OK', order({ price: '2.5' }), json),
      'body /price must be number',
    ],
    ['a price at its limit', reply('200 OK', order({ price: 0 }), json), 'body /price must be > 0'],
    [
      'a format that is not kept',
      reply('200 OK', order({ id: '7' }), json),
      'body /id must match format "uuid"',
    ],
    [
      'a property that is missing',
      reply('200 OK', `{"id":"${ID}"}`, json),
      "body must have required property 'price'",
    ],
    [
      'a property too many',
      reply('200 OK', order({ extra: 1 }), json),
      'body must NOT have additional properties: extra',
    ],
    [
      'something wrong far inside',
      reply('200 OK', order({ part: { id: ID, price: true } }), json),
      'body /part/price must be number',
    ],
    [
      'a header that is missing',
      reply('200 OK', order(), { 'Content-Type': 'application/json' }),
      'header x-total is missing',
    ],
    [
      'a header of another type',
      reply('200 OK', order(), { ...json, 'X-Total': 'many' }),
      'header x-total must be integer',
    ],
    [
      'another media type',
      reply('200 OK', '<p>', { ...json, 'Content-Type': 'text/html' }),
      'content-type text/html is not described; described are application/json',
    ],
    ['something that is no JSON', reply('200 OK', '{"id":', json), 'body is no JSON'],
    ['no body at all', reply('200 OK', '', json), 'body is empty'],
    [
      'a status that is not described',
      reply('201 Created', order(), json),
      'status 201 is not described; described are 200, 404, 5XX',
    ],
  ])('is broken by %s', async (_name, answer, violation) => {
    const { verdict, assertions } = await run(answer, terms);
    expect(verdict).toBe('failed');
    expect(assertions.at(-1)).toMatchObject({ text: 'violations has length 0', held: false });
    expect(assertions.at(-1)?.excerpt).toContain(violation);
  });

  it('covers failures that are described, when they are what is expected', async () => {
    const missing = {
      expect: (answer: { status: { equals(code: number): never } }) => answer.status.equals(404),
    };
    const problem = { 'Content-Type': 'application/problem+json' };
    expect(
      (await run(reply('404 Not Found', '{"title":"none"}', problem), terms, missing)).verdict,
    ).toBe('passed');
    expect((await run(reply('404 Not Found', '{}', problem), terms, missing)).verdict).toBe(
      'failed',
    );
    expect((await run(reply('503 Busy'), terms)).reason?.message).toBe(
      'expected status is 200 to 299, got 503',
    );
  });
});

describe('a JSON Schema', () => {
  it('is of the whole body, or of a place in its file', async () => {
    expect(
      (await run(reply('200 OK', '{"id":"o-7"}'), { schema: 'order.schema.json' })).verdict,
    ).toBe('passed');
    const wrong = await run(reply('200 OK', '{"id":"7"}'), { schema: 'order.schema.json' });
    expect(wrong.assertions.at(-1)?.excerpt).toBe('body /id must match pattern "^o-"');
    const list = { schema: 'order.schema.json#/$defs/List' };
    expect((await run(reply('200 OK', '[{"id":"o-7"}]'), list)).verdict).toBe('passed');
    expect((await run(reply('200 OK', '[{}]'), list)).verdict).toBe('failed');
  });

  it('counts anew when its file changed', async () => {
    write('changing.json', { type: 'object' });
    const { url } = await rawServer(reply('200 OK', '{}'));
    const probe = contract({ url: url as 'http://x', schema: 'changing.json' });
    expect((await runProbe(probe, {}, options)).verdict).toBe('passed');
    write('changing.json', { type: 'array' });
    expect((await runProbe(probe, {}, options)).verdict).toBe('failed');
  });

  it('is not brought down by what it is held against', async () => {
    write('deep.json', {
      $defs: { Tree: { type: 'array', items: { $ref: '#/$defs/Tree' } } },
      $ref: '#/$defs/Tree',
    });
    const deep = '['.repeat(200_000) + ']'.repeat(200_000);
    expect((await run(reply('200 OK', deep), { schema: 'deep.json' })).verdict).toBe('failed');
    write('slow.json', { type: 'string', pattern: '^(a+)+$' });
    const slow = await run(reply('200 OK', JSON.stringify(`${'a'.repeat(50_000)}b`)), {
      schema: 'slow.json',
    });
    expect(slow.verdict).toBe('failed');
  });
});

describe('a contract that cannot be read', () => {
  it.each<[string, string, object, RegExp]>([
    ['a file that is not there', '', { schema: 'nowhere.json' }, /nowhere\.json cannot be read/],
    ['no YAML', 'a: [', { schema: 'broken.json' }, /neither YAML nor JSON/],
    [
      'a schema that is none',
      '{"type":"many"}',
      { schema: 'broken.json' },
      /schema cannot be used/,
    ],
    [
      'a dialect that is not known',
      '{"$schema":"http://json-schema.org/draft-04/schema#"}',
      { schema: 'broken.json' },
      /dialect that is not known/,
    ],
    ['Swagger 2', 'swagger: "2.0"', openapi('broken.json'), /no OpenAPI 3\.0 or 3\.1 document/],
    [
      'an operation that is not there',
      DOCUMENT('3.1.0', '{}'),
      openapi('broken.json', 'getOder'),
      /no operation 'getOder'; it has getOrder, DELETE/,
    ],
  ])('is no fault of the target: %s', async (_name, content, terms, says) => {
    write('broken.json', content);
    const { verdict, reason } = await run(reply('200 OK', '{}'), terms);
    expect(verdict).toBe('error');
    expect(reason).toMatchObject({ code: 'setup' });
    expect(reason?.message).toMatch(says);
  });
});

describe('a definition', () => {
  it('is told that one document is needed, and an operation only of OpenAPI', () => {
    const url = 'https://shop.example/';
    const wrong = (terms: object) =>
      contract({ url, ...terms }).problems.map(({ code, path: at }) => [code, at]);
    expect(wrong({})).toEqual([['missing-field', 'schema']]);
    expect(wrong({ openapi: 'a', schema: 'b' })).toEqual([['missing-field', 'schema']]);
    expect(wrong({ openapi: 'a' })).toEqual([['missing-field', 'operation']]);
    expect(wrong({ schema: 'a', operation: 'b' })).toEqual([['unknown-field', 'operation']]);
    expect(wrong({ schema: '#/$defs/X' })).toEqual([['wrong-type', 'schema']]);
  });
});
