import { describe, expect, it } from 'vitest';
import { defineCheck, defineService, fromEnvironment, http } from '../../index.ts';
import { resolveCheck } from '../../synthetics/resolve-check.ts';

const service = defineService({ name: 'shop', team: 'web' });
const probe = http({ url: 'https://shop.example/' });
const loose = http as unknown as (input: unknown) => typeof probe;

/** Codes and paths of what is wrong with a check. */
function problems(more: object): readonly string[] {
  const { diagnostics } = resolveCheck(
    defineCheck({ service, name: 'home', probe, ...more }),
    'home',
  );
  return diagnostics.map(({ code, path }) => `${path} ${code}`);
}

describe('a check', () => {
  it('has a default for all but its service, its name and its probe', () => {
    const { value, diagnostics } = resolveCheck(defineCheck({ service, name: 'home', probe }));
    expect(diagnostics).toEqual([]);
    expect(value).toEqual({
      kind: 'check',
      id: 'shop/home',
      name: 'home',
      service: {
        kind: 'service',
        name: 'shop',
        team: 'web',
        tier: 'standard',
        labels: {},
        links: {},
      },
      probe: {
        type: 'http',
        target: 'GET https://shop.example/',
        settings: {
          url: 'https://shop.example/',
          method: 'GET',
          headers: {},
          redirects: 10,
          maxBodyBytes: 1_048_576,
        },
        assertions: [{ source: 'status', type: 'status', operator: 'isSuccess' }],
      },
      everySeconds: 60,
      jitter: 0.1,
      timeoutMs: 10_000,
      retries: { most: 0, waitMs: 1000, backoff: 'fixed', on: 'network' },
      locations: [],
      tags: [],
      labels: {},
    });
    expect(JSON.parse(JSON.stringify(value))).toEqual(value);
  });

  it('keeps what is written', () => {
    const { value } = resolveCheck(
      defineCheck({
        service,
        name: 'home',
        probe,
        every: '30s',
        jitter: '0%',
        timeout: '2.5s',
        retries: { most: 2, wait: '500ms', backoff: 'exponential', on: 'failure' },
        degradedAfter: '800ms',
        failedAfter: '2s',
        locations: ['us', 'eu', 'us'],
        tags: ['smoke'],
        labels: { zone: 'a' },
        runbookUrl: 'https://wiki.example/home',
      }),
    );
    expect(value).toMatchObject({
      everySeconds: 30,
      jitter: 0,
      timeoutMs: 2500,
      retries: { most: 2, waitMs: 500, backoff: 'exponential', on: 'failure' },
      degradedAfterMs: 800,
      failedAfterMs: 2000,
      locations: ['eu', 'us'],
      labels: { zone: 'a' },
    });
  });

  it('has time for all its tries within its period', () => {
    expect(problems({ every: '10s', timeout: '10s' })).toEqual([]);
    expect(problems({ every: '10s', timeout: '11s' })).toEqual([
      'home.timeout check-outlasts-period',
    ]);
    // 3 tries of 10 s, and waits of 1, 2 s.
    const retries = { most: 2, wait: '1s', backoff: 'exponential' };
    expect(problems({ every: '33s', retries })).toEqual([]);
    expect(problems({ every: '32s', retries })).toEqual(['home.retries check-outlasts-period']);
    // A timeout that is left out fits into any period.
    expect(problems({ every: '1s' })).toEqual([]);
  });

  it.each<[object, string]>([
    [{ name: 'Home' }, 'home.name not-a-name'],
    [{ service: 'shop' }, 'home.service wrong-type'],
    [{ probe: 'https://shop.example/' }, 'home.probe wrong-type'],
    [{ probe: { kind: 'probe', problems: [] } }, 'home.probe wrong-type'],
    [{ every: '1 minute' }, 'home.every not-a-duration'],
    [{ every: '8d' }, 'home.every out-of-range'],
    [{ timeout: '11m' }, 'home.timeout not-a-duration'],
    [{ jitter: '110%' }, 'home.jitter not-a-percentage'],
    [{ retries: { most: 9 } }, 'home.retries.most out-of-range'],
    [{ retries: {} }, 'home.retries.most missing-field'],
    [{ degradedAfter: '2s', failedAfter: '1s' }, 'home.degradedAfter limit-order'],
    [{ failedAfter: '10s' }, 'home.failedAfter limit-order'],
    [{ locations: ['EU West'] }, 'home.locations not-a-name'],
    [{ evry: '1m' }, 'home.evry unknown-field'],
  ])('with %j is told: %s', (more, told) => {
    expect(problems(more)).toContain(told);
  });
});

describe('an HTTP probe', () => {
  it.each<[object, string]>([
    [{ url: 'shop.example' }, 'home.probe.url not-a-url'],
    [{ url: 'https://me:pw@shop.example' }, 'home.probe.url secret-in-text'],
    [{ url: 'https://a.example', method: 'FETCH' }, 'home.probe.method unknown-value'],
    [
      { url: 'https://a.example', headers: { Authorization: 'x' } },
      'home.probe.headers.Authorization secret-in-text',
    ],
    [{ url: 'https://a.example', headers: { 'a b': 'x' } }, 'home.probe.headers["a b"] not-a-name'],
    [
      { url: 'https://a.example', headers: { 'X-A': 'a\r\nb' } },
      'home.probe.headers["X-A"] wrong-type',
    ],
    [
      { url: 'https://a.example', headers: { Connection: 'keep-alive' } },
      'home.probe.headers.Connection not-a-name',
    ],
    [{ url: 'https://a.example', body: 'a', json: 1 }, 'home.probe.json unknown-value'],
    [
      { url: 'https://a.example', json: { deep: [{ password: 'x' }] } },
      'home.probe.json secret-in-text',
    ],
    [{ url: 'https://a.example', form: { token: 'x' } }, 'home.probe.form.token secret-in-text'],
    [{ url: 'https://a.example', auth: { bearer: 'x' } }, 'home.probe.auth.bearer secret-in-text'],
    [{ url: 'https://a.example', auth: {} }, 'home.probe.auth missing-field'],
    [
      { url: 'https://a.example', tls: { certificate: 'a.pem' } },
      'home.probe.tls.key missing-field',
    ],
    [{ url: 'https://a.example', connectTo: 'here' }, 'home.probe.connectTo not-an-address'],
    [{ url: 'https://a.example', ip: '4' }, 'home.probe.ip unknown-value'],
    [{ url: 'https://a.example', redirects: 21 }, 'home.probe.redirects out-of-range'],
    [{ url: 'https://a.example', maxBodyBytes: 0 }, 'home.probe.maxBodyBytes out-of-range'],
    [{ url: 'https://a.example', expect: [] }, 'home.probe.expect not-an-assertion'],
    [{ url: 'https://a.example', expect: () => true }, 'home.probe.expect not-an-assertion'],
    [{ url: 'https://a.example', expect: () => [undefined] }, 'home.probe.expect not-an-assertion'],
  ])('with %j is told: %s', (input, told) => {
    expect(problems({ probe: loose(input) })).toContain(told);
  });

  it('says which word of an expectation is wrong, and what there is', () => {
    type Loose = Record<string, Record<string, (...values: unknown[]) => never>>;
    const messages = (expect: (answer: Loose) => unknown) =>
      loose({ url: 'https://a.example', expect }).problems.map(
        ({ message, remedy }) => `${message} ${remedy}`,
      );
    expect(messages((answer) => answer['stauts']?.['equals']?.(200))[0]).toMatch(
      /has no 'stauts'\. Did you mean 'status'\?/,
    );
    expect(messages((answer) => answer['body']?.['atMost']?.(1))[0]).toMatch(
      /'body' has no 'atMost'/,
    );
    expect(messages((answer) => answer['status']?.['equals']?.('200'))[0]).toMatch(
      /'200' is not a number without quotes/,
    );
    expect(messages((answer) => answer['body']?.['matches']?.('a(?=b)'))[0]).toMatch(
      /not a regular expression/,
    );
  });

  it('never prints a secret that was written out', () => {
    const { diagnostics } = resolveCheck(
      defineCheck({
        service,
        name: 'home',
        probe: loose({
          url: 'https://me:geheim@shop.example',
          auth: { basic: { user: 'a', password: 'geheim' } },
          headers: { Cookie: 'geheim' },
          json: { token: 'geheim' },
        }),
      }),
    );
    expect(diagnostics.length).toBe(4);
    expect(JSON.stringify(diagnostics)).not.toContain('geheim');
  });

  it('takes secrets by reference anywhere in a body', () => {
    const { value } = resolveCheck(
      defineCheck({
        service,
        name: 'home',
        probe: http({
          url: 'https://shop.example/',
          method: 'POST',
          json: { password: fromEnvironment('PASSWORD') },
        }),
      }),
    );
    expect(value?.probe.settings).toMatchObject({
      body: { json: { password: { kind: 'secret', environment: 'PASSWORD' } } },
    });
  });
});
