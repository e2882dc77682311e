// A contract whose schema is published in a registry: found by subject and version, by id or by address, kept, and never the target's fault.
import { describe, expect, it } from 'vitest';
import { contract, fromEnvironment } from '../../../index.ts';
import { createProbes, createSurroundings, runCheck } from '../../../synthetics/index.ts';
import { createDialer } from '../../../synthetics/probes/dialer.ts';
import { createTokenStore } from '../../../synthetics/probes/http-token.ts';
import { createSchemaStore } from '../../../synthetics/probes/published-schemas.ts';
import { beginAttempt } from '../../../synthetics/attempt-log.ts';
import { createSecretMask } from '../../../synthetics/secret-mask.ts';
import type { PublishedSchema } from '../../../synthetics/checks/published-schema.ts';
import { createCertificateAuthority } from '../certificate-authority.ts';
import { rawServer, reply } from '../raw-server.ts';
import { checkOf, runProbe } from '../run-probe.ts';

const ORDER = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  required: ['id'],
  definitions: { Line: { type: 'array', items: { type: 'number' } } },
};
const json = { 'Content-Type': 'application/vnd.schemaregistry.v1+json' };
const record = (schema: object, more: object = {}): string =>
  JSON.stringify({ id: 41, schemaType: 'JSON', schema: JSON.stringify(schema), ...more });

type Answers = Readonly<Record<string, ReturnType<typeof reply>>>;

/** A registry that has what is given by path, and says so as Confluent's does when it has not. */
function registryOf(answers: Answers, tls?: Parameters<typeof rawServer>[1]) {
  return rawServer((socket, request) => {
    const path = request.split(' ')[1] ?? '';
    const missing = JSON.stringify({ error_code: 40401, message: "Subject 'x' not found." });
    (answers[path] ?? reply('404 Not Found', missing, json))(socket);
  }, tls);
}

/** One run against a target that answers with the body. */
async function run(
  schema: NonNullable<Parameters<typeof contract>[0]['schema']>,
  body = '{"id":"o-7"}',
  options: Parameters<typeof runProbe>[2] = {},
) {
  const target = await rawServer(reply('200 OK', body, { 'Content-Type': 'application/json' }));
  const probe = contract({ url: target.url as 'http://x', schema });
  return { run: await runProbe(probe, { timeout: '2s' }, options), target };
}

describe('a published schema', () => {
  it('is found by subject and version, and what breaks it is told', async () => {
    const { url } = await registryOf({
      '/subjects/shop%2Forders/versions/3': reply('200 OK', record(ORDER), json),
    });
    const schema = { registry: url as 'http://x', subject: 'shop/orders', version: 3 };
    const good = await run(schema);
    expect(good.run.reason).toBeUndefined();
    expect(good.run.target).toMatch(/ as shop\/orders version 3$/);
    expect(good.run.steps.map(({ name }) => name.replace(/ http.*/, ''))).toEqual([
      'contract: GET',
      'GET',
    ]);
    const broken = await run(schema, '{}');
    expect(broken.run.verdict).toBe('failed');
    expect(broken.run.assertions.at(-1)?.excerpt).toBe("body must have required property 'id'");
  });

  it('is found by its id, under the path that a registry has its API at, and a place in it', async () => {
    const { url } = await registryOf({
      '/apis/ccompat/v7/schemas/ids/41': reply('200 OK', record(ORDER), json),
    });
    const registry = `${url}/apis/ccompat/v7/` as 'http://x';
    const at = '#/definitions/Line' as const;
    expect((await run({ registry, id: 41, at }, '[1,2]')).run.verdict).toBe('passed');
    expect((await run({ registry, id: 41, at }, '["1"]')).run.verdict).toBe('failed');
  });

  it('is found at an address of its own', async () => {
    const { url } = await registryOf({
      '/order.json?v=3': reply('200 OK', JSON.stringify(ORDER), json),
    });
    const schema = { url: `${url}/order.json?v=3` as 'http://x' };
    expect((await run(schema)).run.verdict).toBe('passed');
    expect((await run(schema, '[]')).run.verdict).toBe('failed');
  });

  it('is asked for with credentials and trust of its own, which stay hidden', async () => {
    const authority = createCertificateAuthority();
    try {
      const registry = await registryOf(
        { '/schemas/ids/1': reply('200 OK', record(ORDER), json) },
        authority.issue(['IP:127.0.0.1']),
      );
      const schema = {
        registry: registry.url as 'https://x',
        id: 1,
        tls: { ca: authority.file },
        auth: { bearer: fromEnvironment('REGISTRY_TOKEN') },
      };
      const environment = { REGISTRY_TOKEN: 'open-sesame-1234' };
      const { run: done, target } = await run(schema, undefined, { environment });
      expect(done.verdict).toBe('passed');
      expect(registry.requests[0]).toMatch(/authorization: Bearer open-sesame-1234/i);
      expect(target.requests[0]).not.toMatch(/authorization/i);
      const refused = await run(schema);
      expect(refused.run).toMatchObject({ verdict: 'error', reason: { code: 'setup' } });
      expect(refused.run.reason?.message).toContain('REGISTRY_TOKEN');
    } finally {
      authority.remove();
    }
  });
});

describe('a schema that cannot be had', () => {
  it.each<[string, Answers, RegExp]>([
    ['one that is not there', {}, /answers 404 \(Subject 'x' not found\.\)$/],
    [
      'one of another type',
      { '/subjects/x/versions/1': reply('200 OK', JSON.stringify({ schema: '"string"' }), json) },
      /is of the type AVRO, not JSON$/,
    ],
    [
      'one that refers to others',
      {
        '/subjects/x/versions/1': reply(
          '200 OK',
          record(ORDER, { references: [{ name: 'a', subject: 'b', version: 1 }] }),
          json,
        ),
      },
      /refers to other subjects/,
    ],
    [
      'no record',
      { '/subjects/x/versions/1': reply('200 OK', '<p>', {}) },
      /its answer holds no schema$/,
    ],
    ['no answer', { '/subjects/x/versions/1': () => {} }, /no answer within 1000 ms$/],
    [
      'one that is too large',
      { '/subjects/x/versions/1': reply('200 OK', 'x'.repeat(1_100_000), json) },
      /cannot be had from .*: .*maxBodyBytes/,
    ],
    [
      'one that is no schema',
      { '/subjects/x/versions/1': reply('200 OK', record({ type: 'many' }), json) },
      /schema cannot be used/,
    ],
  ])('is no fault of the target: %s', async (_name, answers, says) => {
    const { url } = await registryOf(answers);
    const { run: done, target } = await run({
      registry: url as 'http://x',
      subject: 'x',
      version: 1,
    });
    expect(done).toMatchObject({ verdict: 'error', reason: { code: 'setup' } });
    expect(done.reason?.message).toMatch(says);
    expect(target.requests).toHaveLength(0);
  });

  it('nor when nobody listens there', async () => {
    const { run: done } = await run({ registry: 'http://127.0.0.1:1', id: 7 });
    expect(done).toMatchObject({ verdict: 'error', reason: { code: 'setup' } });
    expect(done.reason?.message).toMatch(/^the contract schema 7 cannot be had from http/);
  });
});

describe('schemas that were fetched', () => {
  it('are asked for once when they cannot change', async () => {
    const registry = await registryOf({ '/schemas/ids/1': reply('200 OK', record(ORDER), json) });
    const target = await rawServer(reply('200 OK', '{"id":1}'));
    const schema = { registry: registry.url as 'http://x', id: 1 };
    const check = checkOf(contract({ url: target.url as 'http://x', schema }));
    const tools = { probes: createProbes(), surroundings: createSurroundings('.', {}) };
    for (let count = 0; count < 3; count += 1)
      expect((await runCheck(check, tools)).verdict).toBe('passed');
    expect(registry.requests).toHaveLength(1);
  });

  it('are asked for anew after a minute when they can, and serve on while the registry is away', async () => {
    let answer = reply('200 OK', record(ORDER), json);
    const registry = await rawServer((socket) => answer(socket));
    const dialer = createDialer();
    let now = 0;
    const store = createSchemaStore({ dialer, tokens: createTokenStore(dialer) }, () => now);
    const { form } = contract({
      url: 'http://shop.example/',
      schema: { registry: registry.url as 'http://x', subject: 'orders', version: 'latest' },
    });
    if (form === undefined) throw new Error('the definition has mistakes');
    const { document } = form.settings as { readonly document: PublishedSchema };
    const get = async (): Promise<string> => {
      const limits = { signal: new AbortController().signal, timeoutMs: 1000 };
      const surroundings = createSurroundings('.', {});
      const { attempt } = beginAttempt(surroundings, '0', limits, createSecretMask());
      return new TextDecoder().decode(await store.get(document, attempt));
    };
    const first = await get();
    now = 59_000;
    answer = reply('200 OK', record({ type: 'array' }), json);
    expect(await get()).toBe(first);
    now = 61_000;
    expect(await get()).toBe('{"type":"array"}');
    answer = reply('503 Busy');
    now = 200_000;
    expect(await get()).toBe('{"type":"array"}');
    now = 61_000 + 86_400_001;
    await expect(get()).rejects.toThrow('answers 503');
  });
});

describe('a definition', () => {
  const problems = (schema: unknown): unknown =>
    contract({ url: 'https://shop.example/', schema: schema as string }).problems.map(
      ({ code, path }) => [code, path],
    );
  const registry = 'https://registry.example';

  it.each<[string, unknown, unknown]>([
    ['nothing', {}, [['missing-field', 'schema.registry']]],
    ['no version', { registry, subject: 'x' }, [['missing-field', 'schema.registry']]],
    ['two places', { registry, id: 1, url: 'http://x' }, [['missing-field', 'schema.registry']]],
    ['no number', { registry, id: 0 }, [['out-of-range', 'schema.id']]],
    ['no place', { registry, id: 1, at: '/x' }, [['wrong-type', 'schema.at']]],
    ['no address', { url: 'registry' }, [['not-a-url', 'schema.url']]],
    ['a method', { url: 'http://x', method: 'POST' }, [['unknown-field', 'schema.method']]],
    [
      'a token in text',
      { registry, id: 1, auth: { bearer: 'abc' } },
      [['secret-in-text', 'schema.auth.bearer']],
    ],
  ])('is told when its schema says %s', (_name, schema, expected) => {
    expect(problems(schema)).toEqual(expected);
  });
});
