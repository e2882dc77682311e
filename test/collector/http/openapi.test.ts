import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createHttpApp } from '../../../collector/http/app.ts';
import type { JsonSchema, OpenapiDocument, Operation } from '../../../collector/http/openapi.ts';
import { createMetrics } from '../../../collector/metrics.ts';
import { listView, shop } from './list-view.ts';

const errors: unknown[] = [];
const app = createHttpApp({
  view: listView(shop()),
  log: {
    debug: () => {},
    info: () => {},
    warn: () => {},
    error: (fields) => void errors.push(fields),
  },
  metrics: createMetrics({ process: false }),
  ingest: {
    receive: async ({ body }) => ({
      status: body.length > 10 ? 422 : 200,
      body: { accepted: 1, rejected: 0, rejections: [], duplicate: false },
    }),
  },
  remoteWrite: { receive: async () => ({ status: 204 }) },
  reload: async () => {},
  // Thousands of requests without a socket in between leave no turn to the timers by which delay is measured.
  limits: { eventLoopDelayMs: 0, requestsPerMinute: 1e6 },
});
let document: OpenapiDocument;

beforeAll(async () => {
  document = (await app.inject('/api/v1/openapi.json')).json();
});
afterAll(() => app.close());

/** Every operation of the document. */
function operations(): { path: string; method: 'GET' | 'POST'; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method: method.toUpperCase() as 'GET' | 'POST',
      operation,
    })),
  );
}

/** A checker for a schema of the document, made from the document alone. */
function checker(schema: JsonSchema): z.ZodType {
  const definitions = JSON.parse(
    JSON.stringify(document.components?.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
  );
  const root = JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/'));
  return z.fromJSONSchema({ ...root, $defs: definitions });
}

/** Values that a parameter may or may not take. */
const hostile = fc.oneof(
  fc.string({ maxLength: 50 }),
  fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => text.isWellFormed()),
  fc.constantFrom('', '0', '-1', '1e400', 'null', '[]', '%00', '\u0000', '__proto__', '../../etc'),
  fc.integer().map(String),
  fc.constantFrom('x'.repeat(5000), '9'.repeat(400), '{"a":1}', 'a/b{x="y"}'),
);

function valueOf(schema: JsonSchema): fc.Arbitrary<string> {
  const values = schema['enum'];
  if (Array.isArray(values)) return fc.oneof(fc.constantFrom(...(values as string[])), hostile);
  if (schema['type'] === 'integer')
    return fc.oneof(fc.integer({ min: 1, max: 500 }).map(String), hostile);
  const known = [...shop().slos.map(({ id }) => id), 'checkout', 'cart', '1795000000', '5m'];
  return fc.oneof(fc.constantFrom(...known, '2026-11-18T10:00:00Z'), hostile);
}

const encode = (text: string): string => encodeURIComponent(text.toWellFormed());

describe('the OpenAPI document', () => {
  it('describes every address with its answers', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual([
      '/healthz',
      '/readyz',
      '/metrics',
      '/api/v1/slos',
      '/api/v1/slos/{service}/{name}',
      '/api/v1/slos/{service}/{name}/groups',
      '/api/v1/slos/{service}/{name}/history',
      '/api/v1/alerts',
      '/api/v1/alerts/history',
      '/api/v1/sources',
      '/api/v1/reload',
      '/api/v1/heartbeats/{service}/{check}',
      '/api/v1/heartbeats',
      '/api/v1/write',
      '/api/v1/ingest/{stream}',
    ]);
    for (const { path, operation } of operations()) {
      expect([path, operation.summary]).not.toEqual([path, undefined]);
      expect([path, Object.keys(operation.responses)]).toEqual([
        path,
        expect.arrayContaining(['4XX', '5XX']),
      ]);
    }
  });

  it('names each body once and leaves no reference open', () => {
    const names = Object.keys(document.components?.schemas ?? {});
    expect(names.filter((name) => name.endsWith('Input'))).toEqual([]);
    const used = JSON.stringify(document).match(/#\/components\/schemas\/\w+/g) ?? [];
    for (const each of used) expect(names).toContain(each.split('/').at(-1));
  });

  it('holds for answers to random requests, none of which makes the server fail', async () => {
    const request = fc.constantFrom(...operations()).chain(({ path, method, operation }) => {
      const parameters = operation.parameters ?? [];
      const inPath = parameters.filter((each) => each.in === 'path');
      const inQuery = parameters.filter((each) => each.in === 'query');
      const types = Object.keys(operation.requestBody?.content ?? {});
      return fc.record({
        method: fc.oneof(
          { weight: 9, arbitrary: fc.constant(method) },
          {
            weight: 1,
            arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'),
          },
        ),
        path: fc.constant(path),
        operation: fc.constant(operation),
        pathValues: fc.tuple(...inPath.map(({ schema }) => valueOf(schema))),
        names: fc.constant(inPath.map(({ name }) => name)),
        query: fc.array(
          inQuery.length === 0
            ? fc.tuple(hostile, hostile)
            : fc.oneof(
                ...inQuery.map(({ name, schema }) => fc.tuple(fc.constant(name), valueOf(schema))),
                fc.tuple(hostile, hostile),
              ),
          { maxLength: 3 },
        ),
        type: fc.constantFrom(...types, 'application/json', 'text/html', 'x', ''),
        body: fc.oneof(
          fc.uint8Array({ maxLength: 50 }),
          fc.json().map((text) => Buffer.from(text)),
        ),
      });
    });
    await fc.assert(
      fc.asyncProperty(
        request,
        async ({ method, path, operation, pathValues, names, query, type, body }) => {
          let url = path;
          names.forEach((name, index) => {
            url = url.replace(`{${name}}`, encode(pathValues[index] ?? ''));
          });
          if (query.length > 0)
            url += `?${query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')}`;
          const sends = method === 'POST' || method === 'PUT';
          const answer = await app.inject({
            method: method as 'GET',
            url,
            ...(sends ? { headers: { 'content-type': type }, payload: Buffer.from(body) } : {}),
          });
          expect(answer.statusCode, `${method} ${url}: ${answer.body}`).toBeLessThan(500);
          const status = String(answer.statusCode);
          const described = operation.responses[status] ?? operation.responses[`${status[0]}XX`];
          expect(described, `${method} ${url} → ${status}`).toBeDefined();
          if (method === 'HEAD' || answer.body === '') return;
          const mediaType = String(answer.headers['content-type']).split(';')[0]!;
          const content = described!.content?.[mediaType];
          expect(content, `${method} ${url} → ${status} ${mediaType}`).toBeDefined();
          if (!mediaType.endsWith('json')) return;
          const checked = checkerOf(content!.schema).safeParse(answer.json());
          expect(checked.error?.issues, `${method} ${url}`).toBeUndefined();
        },
      ),
      { numRuns: 1500 },
    );
    expect(errors).toEqual([]);
  });
});

const checkers = new Map<string, z.ZodType>();

function checkerOf(schema: JsonSchema): z.ZodType {
  const key = JSON.stringify(schema);
  const known = checkers.get(key) ?? checker(schema);
  checkers.set(key, known);
  return known;
}

describe('GET /docs', () => {
  it('lists every operation on a page without scripts that its own policy allows', async () => {
    const { body, headers } = await app.inject('/docs');
    for (const { path } of operations()) expect(body).toContain(path);
    expect(body).not.toMatch(/<script|<link|javascript:|https?:\/\/| on\w+=/);
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+';/);
    expect(body.match(/style=/)).toBeNull();
    const links = [...body.matchAll(/href="#(\w+)"/g)].map((match) => match[1]);
    for (const link of links) expect(body).toContain(`id="${link}"`);
  });
});
