import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { defineCheck, defineService, fromEnvironment, journey } from '../../../index.ts';
import type { Extraction } from '../../../synthetics/checks/extraction.ts';
import type { StepInput } from '../../../synthetics/checks/journey-step.ts';
import { resolveCheck } from '../../../synthetics/resolve-check.ts';
import { probeContract } from '../../contract/probe-contract.ts';
import { rawServer, reply } from '../raw-server.ts';
import { runProbe } from '../run-probe.ts';

const url = (text: string) => text as `http://${string}`;

probeContract('journey', {
  healthy: async () => {
    const server = await rawServer(reply('200 OK'));
    return journey((start) => start.step('only', { url: url(server.url) }));
  },
  silent: async () => {
    const server = await rawServer(() => {});
    return journey((start) => start.step('only', { url: url(server.url) }));
  },
  absent: (port) =>
    journey((start) => start.step('only', { url: url(`http://127.0.0.1:${port}/`) })),
});

/** A shop with sessions: in by password, orders by token and cookie, out again. */
function shop(answers: Readonly<Record<string, (socket: Socket, request: string) => void>> = {}) {
  return rawServer((socket, request) => {
    const [, route = ''] = /^(\w+ [^ ?]*)/.exec(request) ?? [];
    const known = answers[route];
    if (known !== undefined) known(socket, request);
    else if (route === 'POST /session')
      reply('201 Created', '{"token":"t-geheim-1","user":{"id":7}}', {
        'Set-Cookie': 'sid=cookie-geheim; Path=/; HttpOnly',
        Location: '/session/7',
      })(socket);
    else if (route.startsWith('GET /users/')) {
      const known =
        request.includes('authorization: Bearer t-geheim-1') &&
        request.includes('cookie: sid=cookie-geheim');
      const body = known ? `{"orders":[1,2],"for":"${route}"}` : request;
      reply(known ? '200 OK' : '401 Unauthorized', body)(socket);
    } else reply('204 No Content')(socket);
  });
}

/** A step as it is, with what it saves known to the compiler. */
function written<Kept extends Readonly<Record<string, Extraction>>>(
  step: StepInput<Kept>,
): StepInput<Kept> {
  return step;
}

const login = (base: string) =>
  written({
    url: url(`${base}/session`),
    method: 'POST',
    json: { user: 'probe', password: fromEnvironment('PASSWORD') },
    expect: (answer) => answer.status.equals(201),
    save: (answer) => ({
      token: answer.json('$.token'),
      id: answer.json('$.user.id'),
      place: answer.header('location'),
      sid: answer.cookie('sid'),
      first: answer.body('"token":"(t)'),
    }),
  });

const environment = { PASSWORD: 'pass-geheim' };

describe('a journey', () => {
  it('carries variables and cookies from step to step, and tells each with its times', async () => {
    const server = await shop();
    const run = await runProbe(
      journey((start) =>
        start
          .step('log in', login(server.url))
          .step('orders', ({ token, id }) => ({
            url: `/users/${id}/orders?q=${token}`,
            headers: { Authorization: `Bearer ${token}` },
            expect: (answer) => [
              answer.json('$.orders').hasLength(2),
              answer.body.contains(`/users/${id}/`),
              answer.body.matches(`users.${id}.orders`),
            ],
          }))
          .always('log out', ({ place, first, sid }) => ({
            url: place,
            method: 'DELETE',
            json: { first, sid },
          })),
      ),
      {},
      { environment },
    );
    expect(run.reason).toBeUndefined();
    expect(run.verdict).toBe('passed');
    expect(run.target).toBe('log in → orders → log out');
    expect(run.steps.map(({ name, facts }) => [name.split(':')[0], facts['status']])).toEqual([
      ['log in', 201],
      ['orders', 200],
      ['log out', 204],
    ]);
    expect(run.assertions.map(({ text }) => text)).toEqual([
      'log in: status is 201',
      'orders: status is 200 to 299',
      'orders: json $.orders has length 2',
      "orders: body contains '/users/7/'",
      "orders: body matches 'users.7.orders'",
      'log out: status is 200 to 299',
    ]);
    expect(server.requests[1]).toMatch(/^GET \/users\/7\/orders\?q=t-geheim-1 /);
    expect(server.requests[2]).toMatch(/^DELETE \/session\/7 /);
    expect(server.requests[2]).toContain('{"first":"t","sid":"cookie-geheim"}');
    expect(JSON.stringify(run)).not.toContain('geheim');
  });

  it('ends with the first step that fails, and cleans up all the same', async () => {
    const server = await shop({ 'GET /users/7/orders': reply('500 Oh', 'out of order') });
    const run = await runProbe(
      journey((start) =>
        start
          .step('log in', login(server.url))
          .step('orders', ({ id }) => ({ url: `/users/${id}/orders` }))
          .step('never', { url: '/never' })
          .always('log out', ({ place }) => ({ url: place, method: 'DELETE' })),
      ),
      {},
      { environment },
    );
    expect(run).toMatchObject({
      verdict: 'failed',
      reason: {
        code: 'expectation',
        message: 'expected orders: status is 200 to 299, got 500',
      },
    });
    expect(run.assertions.find(({ held }) => !held)?.excerpt).toBe('out of order');
    expect(server.requests.map((request) => request.split(' ', 2).join(' '))).toEqual([
      'POST /session',
      'GET /users/7/orders',
      'DELETE /session/7',
    ]);
    expect(run.steps.map(({ failed }) => failed)).toEqual([false, true, false]);
  });

  it('has time left to clean up when a step hangs, and says which one did', async () => {
    const server = await shop({ 'GET /hang': () => {} });
    const run = await runProbe(
      journey((start) =>
        start
          .step('log in', login(server.url))
          .step('hang', { url: '/hang' })
          .always('log out', ({ place }) => ({ url: place, method: 'DELETE' })),
      ),
      { timeout: '1s' },
      { environment },
    );
    expect(run).toMatchObject({
      verdict: 'failed',
      reason: { code: 'timeout', phase: 'firstByte', step: `hang: GET ${server.url}/hang` },
    });
    expect(server.requests.at(-1)).toMatch(/^DELETE \/session\/7 /);
    expect(run.steps.at(-1)).toMatchObject({ failed: false, facts: { status: 204 } });
  });

  it('does not clean up what was never made', async () => {
    const server = await shop({ 'POST /session': reply('403 Forbidden') });
    const run = await runProbe(
      journey((start) =>
        start
          .step('log in', login(server.url))
          .always('log out', ({ place }) => ({ url: place, method: 'DELETE' })),
      ),
      {},
      { environment },
    );
    expect(run.verdict).toBe('failed');
    expect(server.requests).toHaveLength(1);
  });

  it('fails where a variable is not in the answer', async () => {
    const server = await shop({ 'POST /session': reply('201 Created', '{"other":1}') });
    const run = await runProbe(
      journey((start) => start.step('log in', login(server.url))),
      {},
      { environment },
    );
    expect(run).toMatchObject({
      verdict: 'failed',
      reason: {
        code: 'extraction',
        message: "the variable 'token' is not in the answer: there is no json $.token",
      },
    });
  });

  it('asks until what is expected holds, or its time is over', async () => {
    let asked = 0;
    const server = await rawServer((socket) => {
      asked += 1;
      reply('200 OK', asked < 3 ? 'wait' : 'ready')(socket);
    });
    const probe = (body: string) =>
      journey((start) =>
        start.step('ready', {
          url: url(server.url),
          poll: { every: '20ms', for: '400ms' },
          expect: (answer) => answer.body.equals(body),
        }),
      );
    const ready = await runProbe(probe('ready'));
    expect(ready).toMatchObject({ verdict: 'passed', steps: { length: 3 } });
    const never = await runProbe(probe('never'));
    expect(never).toMatchObject({ verdict: 'failed', reason: { code: 'expectation' } });
    expect(never.steps.length).toBeGreaterThan(1);
  });

  it('lets no answer write into requests what it should not', async () => {
    const server = await shop({
      'POST /session': reply(
        '201 Created',
        JSON.stringify({ token: 'a\r\nX-Admin: 1', user: { id: '../x?y' } }),
        {
          'Set-Cookie': 'sid=cookie-geheim',
          Location: '/session/7',
        },
      ),
    });
    const run = await runProbe(
      journey((start) =>
        start
          .step('log in', {
            ...login(server.url),
            save: (answer) => ({ token: answer.json('$.token') }),
          })
          .step('header', ({ token }) => ({ url: '/', headers: { 'X-Token': token } })),
      ),
      {},
      { environment },
    );
    expect(run.reason).toMatchObject({ code: 'extraction' });
    const path = await runProbe(
      journey((start) =>
        start
          .step('log in', {
            ...login(server.url),
            save: (answer) => ({ id: answer.json('$.user.id') }),
          })
          .step('path', ({ id }) => ({
            url: `/users/${id}/orders`,
            expect: (answer) => answer.status.atLeast(1),
          })),
      ),
      {},
      { environment },
    );
    expect(path.verdict).toBe('passed');
    expect(server.requests.at(-1)).toMatch(/^GET \/users\/..%2Fx%3Fy\/orders /);
  });
});

describe('a journey as written', () => {
  const service = defineService({ name: 'shop', team: 'web' });
  const problems = (write: (start: never) => unknown) =>
    resolveCheck(
      defineCheck({ service, name: 'buy', probe: journey(write as Parameters<typeof journey>[0]) }),
      'buy',
    ).diagnostics.map(({ code, path }) => `${path} ${code}`);
  interface Loose {
    step(name: unknown, step: unknown): Loose;
  }

  it.each<[string, (start: Loose) => unknown, string]>([
    ['no steps', (start) => start, 'buy.probe.steps wrong-type'],
    [
      'an error',
      () => {
        throw new Error('x');
      },
      'buy.probe.steps wrong-type',
    ],
    ['no address', (start) => start.step('a', {}), 'buy.probe.steps[0].url missing-field'],
    [
      'a wrong address',
      (start) => start.step('a', { url: 'shop' }),
      'buy.probe.steps[0].url not-a-url',
    ],
    ['no name', (start) => start.step('', { url: '/a' }), 'buy.probe.steps[0] not-a-name'],
    [
      'an unknown variable',
      (start) => start.step('a', { url: 'http://a/{{x}}' }),
      'buy.probe.steps[0] unknown-variable',
    ],
    [
      'its own variable',
      (start) =>
        start.step('a', {
          url: 'http://a/{{x}}',
          save: (a: { header(n: string): unknown }) => ({ x: a.header('x') }),
        }),
      'buy.probe.steps[0] unknown-variable',
    ],
    [
      'an unknown variable in what it expects',
      (start) =>
        start.step('a', {
          url: 'http://a/',
          expect: (a: { body: { contains(t: string): unknown } }) => a.body.contains('{{x}}'),
        }),
      'buy.probe.steps[0] unknown-variable',
    ],
    [
      'a variable of several values',
      (start) =>
        start.step('a', {
          url: 'http://a/',
          save: (a: { json(n: string): unknown }) => ({ x: a.json('$.a[*]') }),
        }),
      'buy.probe.steps[0].save not-an-assertion',
    ],
    [
      'a secret',
      (start) => start.step('a', { url: 'http://a/', json: { password: 'x' } }),
      'buy.probe.steps[0].json secret-in-text',
    ],
    [
      'polls without end',
      (start) => start.step('a', { url: 'http://a/', poll: { every: '10ms', for: '10m' } }),
      'buy.probe.steps[0].poll.every out-of-range',
    ],
  ])('with %s is told so', (_, write, told) => {
    expect(problems(write as never)).toContain(told);
  });
});
