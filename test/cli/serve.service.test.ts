import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeTokenFile } from '../../collector/token-file.ts';
import { mintToken } from '../../collector/tokens.ts';
import { ninefold, startNinefold } from './ninefold.ts';

let folder: string;
const children: ChildProcessWithoutNullStreams[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ninefold-serve-'));
  await workspace({});
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

const slo = (name: string, objective = '99.9%') => `
export const ${name} = defineSlo({
  service: checkout, name: '${name}', objective: '${objective}',
  sli: ingestEvents({
    stream: 'requests',
    fields: { status: 'status', latencyMs: 'number' },
    bad: (event) => event.status.isServerError(),
  }),
});`;

/** Writes a workspace of one service on HTTP ingest. */
async function workspace(more: { slos?: string; http?: string; store?: string }): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    path.join(folder, 'ninefold.config.ts'),
    `import { defineConfig } from 'ninefold';
export default defineConfig({
  store: ${more.store ?? `{ kind: 'sqlite', path: 'counts.db' }`}, http: ${more.http ?? '{ port: 0 }'},
});\n`,
  );
  await writeFile(
    path.join(folder, 'checkout.slo.ts'),
    `import { defineService, defineSlo, ingestEvents } from 'ninefold';
const checkout = defineService({ name: 'checkout', team: 'shop' });
${more.slos ?? slo('availability')}\n`,
  );
}

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly url: string;
  /** Every line of standard output so far. */
  readonly lines: string[];
  stderr(): string;
  stop(signal?: NodeJS.Signals): Promise<[number | null, NodeJS.Signals | null]>;
}

async function serve(...args: string[]): Promise<Running> {
  const child = startNinefold(['serve', folder, '--json', ...args]);
  children.push(child);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const lines: string[] = [];
  const reader = createInterface({ input: child.stdout });
  reader.on('line', (line) => void lines.push(line));
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  await Promise.race([once(reader, 'line'), ended]);
  if (lines[0] === undefined) throw new Error(`did not start:\n${stderr}`);
  const { url } = JSON.parse(lines[0]) as { url: string };
  return {
    child,
    url,
    lines,
    stderr: () => stderr,
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return ended;
    },
  };
}

/** Asks again until the answer is as wanted; the test's own time limit ends it. */
async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    await sleep(100);
  }
}

/** Posts a batch, again while the collector says that it cannot take it yet. */
const send = (url: string, good: number, bad: number, key?: string) =>
  until(
    () => post(url, good, bad, key),
    ({ status }) => status !== 503,
  );
const post = (url: string, good: number, bad: number, key?: string) =>
  fetch(`${url}/api/v1/ingest/requests`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-ndjson',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: [
      ...Array.from({ length: good }, () => ({ status: 200, latencyMs: 12 })),
      ...Array.from({ length: bad }, () => ({ status: 503, latencyMs: 900 })),
    ]
      .map((event) => `${JSON.stringify(event)}\n`)
      .join(''),
  });

interface Budget {
  readonly total: number;
  readonly bad: number;
}
const budget = async (url: string, name = 'availability'): Promise<Budget> => {
  const answer = await fetch(`${url}/api/v1/slos/checkout/${name}`);
  const { budget } = (await answer.json()) as { budget: Budget | null };
  return { total: budget?.total ?? 0, bad: budget?.bad ?? 0 };
};
/** Waits for the counts; the sender's word that nothing is missing moves the windows past them at once. */
const counted = (url: string, total: number, name?: string) =>
  until(
    async () => {
      await heartbeat(url);
      return budget(url, name);
    },
    (seen) => seen.total >= total,
  );
const heartbeat = (url: string) =>
  fetch(`${url}/api/v1/ingest/requests`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: `{"ninefold":{"measuredThrough":${Math.floor(Date.now() / 1000)}}}\n`,
  });

describe('ninefold serve', () => {
  it('counts what is posted, shows it everywhere, and ends gracefully on SIGTERM', async () => {
    const service = await serve();
    expect(JSON.parse(service.lines[0]!)).toMatchObject({
      event: 'listening',
      slos: 1,
      sources: ['ingest'],
    });
    await until(
      async () => (await fetch(`${service.url}/readyz`)).status,
      (status) => status === 200,
    );
    expect(await (await send(service.url, 40, 10)).json()).toMatchObject({ accepted: 50 });
    expect(await counted(service.url, 50)).toEqual({ total: 50, bad: 10 });
    const status = await ninefold(['status', '--url', service.url]);
    expect(status.stdout).toMatch(/checkout\/availability +99.9% +30d +80% /);
    const explained = await ninefold(['explain', 'checkout', '--url', service.url]);
    expect(explained.stdout).toContain('10 of 50 events were bad');
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(
      /ninefold_slo_window_bad_events\{[^}]*slo="checkout\/availability"[^}]*\} 10\n/,
    );
    expect(metrics).toMatch(
      /ninefold_collector_commit_seconds_count\{source="ingest",outcome="ok"\} [1-9]/,
    );
    expect(metrics).toContain('nodejs_eventloop_lag_seconds');
    expect(await service.stop()).toEqual([0, null]);
    expect(service.lines.map((line) => JSON.parse(line).event)).toEqual(['listening', 'stopped']);
    // Without a terminal, standard error is a log and nothing else.
    for (const line of service.stderr().trimEnd().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ message: expect.any(String) });
  });

  it('pages for the burn that it was told of, and says so in the log and in the alerts', async () => {
    const service = await serve();
    await send(service.url, 0, 60);
    const alerts = await until(
      async () => {
        await heartbeat(service.url);
        const answer = await fetch(`${service.url}/api/v1/alerts`);
        expect(answer.status, await answer.clone().text()).toBe(200);
        return ((await answer.json()) as { items: { severity: string; phase: string }[] }).items;
      },
      (items) => items.some(({ severity, phase }) => severity === 'page' && phase === 'firing'),
    );
    expect(alerts.length).toBeGreaterThan(0);
    const history = (await (await fetch(`${service.url}/api/v1/alerts/history`)).json()) as {
      items: { transition: string; evidence: unknown }[];
    };
    expect(history.items.some(({ transition }) => transition === 'firing')).toBe(true);
    expect(history.items[0]!.evidence).toBeTypeOf('object');
    await service.stop();
    expect(service.stderr()).toContain('ErrorBudgetBurn');
  });

  it('sends traces of what it receives, commits and evaluates, when it is told where to', async () => {
    const names = new Set<string>();
    const sink = createServer((request, response) => {
      void text(request).then((body) => {
        for (const [, name = ''] of body.matchAll(/"name":"([a-z.-]+)","kind"/g)) names.add(name);
        response.end('{}');
      });
    }).listen(0, '127.0.0.1');
    await once(sink, 'listening');
    const { port } = sink.address() as AddressInfo;
    await workspace({
      http: `{ port: 0 }, tracing: { endpoint: 'http://127.0.0.1:${port}/v1/traces', sampling: '100%' }`,
    });
    const service = await serve();
    await send(service.url, 3, 1);
    await counted(service.url, 4);
    expect(await service.stop()).toEqual([0, null]);
    sink.close();
    for (const name of ['ingest.receive', 'source.commit', 'pipeline.evaluate'])
      expect([...names]).toContain(name);
  });

  it('keeps what it acknowledged over kill −9, and counts a repeated batch once', async () => {
    const first = await serve();
    expect((await send(first.url, 5, 1, 'batch-1')).status).toBe(200);
    await first.stop('SIGKILL');
    const second = await serve();
    expect((await send(second.url, 5, 1, 'batch-1')).status).toBe(200);
    expect((await send(second.url, 3, 0, 'batch-2')).status).toBe(200);
    expect(await counted(second.url, 9)).toEqual({ total: 9, bad: 1 });
    await second.stop();
  });

  it('reads definitions again on SIGHUP without losing counts, and keeps the old ones when the new are wrong', async () => {
    const service = await serve();
    await send(service.url, 9, 1);
    await counted(service.url, 10);
    await workspace({ slos: slo('availability', '99%') + slo('second') });
    service.child.kill('SIGHUP');
    const ids = async () =>
      (
        (await (await fetch(`${service.url}/api/v1/slos`)).json()) as {
          items: { id: string; objective: string }[];
        }
      ).items.map(({ id, objective }) => `${id} ${objective}`);
    await until(ids, (list) => list.length === 2);
    expect(await ids()).toEqual(['checkout/availability 99%', 'checkout/second 99.9%']);
    expect((await send(service.url, 4, 1)).status).toBe(200);
    expect(await counted(service.url, 15)).toEqual({ total: 15, bad: 2 });
    expect(await counted(service.url, 5, 'second')).toEqual({ total: 5, bad: 1 });
    await workspace({ slos: slo('availability', '101%') });
    service.child.kill('SIGHUP');
    await until(
      async () => service.stderr(),
      (text) => text.includes('nothing was reloaded'),
    );
    expect(service.stderr()).toContain('101%');
    expect(await ids()).toHaveLength(2);
    const reload = await fetch(`${service.url}/api/v1/reload`, { method: 'POST' });
    expect(reload.status).toBe(422);
    await service.stop();
  });

  it('takes another configuration file', async () => {
    const other = path.join(folder, 'other.config.ts');
    await writeFile(
      other,
      `import { defineConfig } from 'ninefold';
export default defineConfig({ store: { kind: 'memory' }, http: { port: 0, tokensFile: 'tokens.json' } });\n`,
    );
    const { token, record } = mintToken({ name: 'me', scopes: ['read'], now: 0 });
    const later = mintToken({ name: 'later', scopes: ['read'], now: 0 });
    const file = path.join(folder, 'tokens.json');
    await changeTokenFile(file, () => [record]);
    const service = await serve('--config', other);
    const ask = async (bearer: string) =>
      (
        await fetch(`${service.url}/api/v1/slos`, {
          headers: { authorization: `Bearer ${bearer}` },
        })
      ).status;
    expect([await ask(token), await ask(later.token)]).toEqual([200, 401]);
    await changeTokenFile(file, () => [later.record]);
    service.child.kill('SIGHUP');
    await until(
      () => ask(later.token),
      (status) => status === 200,
    );
    expect(await ask(token)).toBe(401);
    await service.stop();
  });

  it('refuses to listen for others without tokens', async () => {
    await workspace({ http: `{ host: '0.0.0.0', port: 0 }` });
    const { code, stderr } = await ninefold(['serve', folder]);
    expect(stderr).toMatch(/token/);
    expect([1, 78]).toContain(code);
  });

  it('refuses to start without the token file that it needs', async () => {
    await workspace({ http: `{ host: '0.0.0.0', port: 0, tokensFile: 'none.json' }` });
    const { code, stderr } = await ninefold(['serve', folder]);
    expect(code).toBe(78);
    expect(stderr).toContain('ninefold token create');
  });

  it('refuses a workspace with errors, without configuration, or not there', async () => {
    await workspace({ slos: slo('availability', '0%') });
    expect((await ninefold(['serve', folder])).code).toBe(1);
    await workspace({});
    await rm(path.join(folder, 'ninefold.config.ts'));
    const { code, stderr } = await ninefold(['serve', folder]);
    expect(code).toBe(78);
    expect(stderr).toContain('ninefold.config.ts');
    expect((await ninefold(['serve', path.join(folder, 'nowhere')])).code).toBe(66);
  });

  it('refuses an address that is taken', async () => {
    await workspace({ store: `{ kind: 'memory' }` });
    const running = await serve();
    const { port } = new URL(running.url);
    await workspace({ store: `{ kind: 'memory' }`, http: `{ port: ${port} }` });
    const { code, stderr } = await ninefold(['serve', folder]);
    expect(code).toBe(69);
    expect(stderr).toContain('already in use');
    await running.stop();
  });

  it('ends on the second signal although something hangs', async () => {
    const service = await serve();
    const { port } = new URL(service.url);
    const { connect } = await import('node:net');
    // A request whose body never comes keeps the graceful stop waiting.
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      'POST /api/v1/ingest/requests HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n[',
    );
    await sleep(200);
    service.child.kill('SIGTERM');
    await until(
      async () => service.stderr(),
      (text) => text.includes('stopping'),
    );
    expect((await service.stop('SIGTERM'))[0]).toBe(143);
    socket.destroy();
  });
});

describe('ninefold validate', () => {
  it('accepts a good workspace', async () => {
    const { code, stdout } = await ninefold(['validate', folder]);
    expect([code, stdout]).toEqual([0, `${folder} is valid: 1 SLO of 1 service.\n`]);
    const json = await ninefold(['validate', folder, '--json']);
    expect(JSON.parse(json.stdout)).toEqual({ errors: 0, warnings: 0, diagnostics: [] });
  });

  it('prints every mistake with file, path and remedy, and exits with 1', async () => {
    await workspace({ slos: slo('availability', '101%') + slo('latency', '0%') });
    const { code, stdout } = await ninefold(['validate', folder]);
    expect(code).toBe(1);
    expect(stdout).toContain('checkout.slo.ts');
    expect(stdout).toContain('availability.objective');
    expect(stdout).toContain('latency.objective');
    expect(stdout).toContain('2 errors');
    const json = await ninefold(['validate', folder, '--json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({ errors: 2 });
  });

  it('exits with 66 when there is no such folder', async () => {
    expect((await ninefold(['validate', path.join(folder, 'nowhere')])).code).toBe(66);
  });
});
