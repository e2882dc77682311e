import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ninefold, startNinefold } from './ninefold.ts';

let folder: string;
const children: ChildProcessWithoutNullStreams[] = [];
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ninefold-demo-test-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

interface Event {
  readonly type: string;
  readonly [name: string]: unknown;
}

interface ShownBudget {
  readonly instance: string;
  readonly total: number;
  readonly bad: number;
  readonly sent: { readonly total: number; readonly bad: number };
  readonly state: string;
}

/** A demo whose temporary files lie in `folder` alone; its standard output as events. */
function startDemo(args: readonly string[]) {
  const child = startNinefold(['demo', ...args], { env: { TMPDIR: folder } });
  children.push(child);
  const events: Event[] = [];
  const waiting = new Set<() => void>();
  const tellAll = (): void => {
    for (const tell of waiting) tell();
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    events.push(JSON.parse(line) as Event);
    tellAll();
  });
  const stderr = text(child.stderr);
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  void ended.then(tellAll);
  return {
    child,
    events,
    stderr,
    ended,
    async event(wanted: (event: Event) => boolean): Promise<Event> {
      for (;;) {
        const found = events.find(wanted);
        if (found !== undefined) return found;
        if (child.exitCode !== null || child.signalCode !== null)
          throw new Error(`the demo ended before its time: ${await stderr}`);
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    },
  };
}

/** Keeps the port that the demo would like best, unless somebody has it already. */
async function takeFavouritePort(): Promise<() => void> {
  const server = createServer();
  const taken = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(9999, '127.0.0.1', () => resolve(true));
  });
  return () => void (taken && server.close());
}

function budgetsOf(event: Event | undefined): readonly ShownBudget[] {
  return event?.['budgets'] as readonly ShownBudget[];
}

function pageOf(slo: string) {
  return ({ type, status, labels }: Event): boolean => {
    const { slo: of, severity } = (labels ?? {}) as Record<string, string>;
    return type === 'alert' && status === 'firing' && of === slo && severity === 'page';
  };
}

describe('the demo', () => {
  it('pages for a broken checkout, counts what was sent to the event, and leaves nothing behind', async () => {
    const release = await takeFavouritePort();
    const demo = startDemo(['--break', 'checkout', '--json']);
    const ready = await demo.event(({ type }) => type === 'ready');
    release();
    const url = String(ready['url']);
    // Three healthy days passed without a word.
    expect(demo.events[0]).toBe(ready);
    const first = await demo.event(({ type }) => type === 'budgets');
    expect(budgetsOf(first).map(({ instance }) => instance)).toEqual([
      'checkout/availability',
      ...['DE', 'FR', 'JP', 'US'].map((code) => `checkout/by-country{country="${code}"}`),
      'storefront/availability',
      'storefront/latency',
    ]);
    expect(new Set(budgetsOf(first).map(({ state }) => state))).toEqual(new Set(['ok']));

    const page = await demo.event(pageOf('checkout/availability'));
    expect(page['annotations']).toMatchObject({ fired_by: '1h/5m above 14.4×' });
    const answer = await fetch(`${url}/api/v1/alerts?severity=page`);
    expect(((await answer.json()) as { items: { slo: string }[] }).items).toMatchObject([
      { slo: 'checkout/availability' },
    ]);

    const shown = demo.events.filter(({ type }) => type === 'budgets');
    expect(shown.length).toBeGreaterThan(20);
    for (const event of shown)
      for (const { instance, total, bad, sent } of budgetsOf(event))
        expect({ instance, total, bad }).toEqual({ instance, ...sent });
    const latest = budgetsOf(shown.at(-1));
    expect(latest.every(({ total }) => total > 10_000)).toBe(true);
    expect(latest[0]?.bad).toBeGreaterThan((budgetsOf(first)[0]?.bad ?? 0) + 20);

    demo.child.kill('SIGINT');
    expect(await demo.ended).toEqual([0, null]);
    expect(demo.events.at(-1)).toEqual({ type: 'end' });
    expect(await readdir(folder)).toEqual([]);
    await expect(fetch(url)).rejects.toThrow('fetch failed');
  });

  it('leaves nothing behind when it is stopped before it is live', async () => {
    const demo = startDemo(['--json']);
    while ((await readdir(folder)).length === 0) await new Promise((go) => setTimeout(go, 50));
    demo.child.kill('SIGTERM');
    expect(await demo.ended).toEqual([0, null]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('leaves nothing behind when its reader goes away', async () => {
    const demo = startDemo(['--json']);
    await demo.event(({ type }) => type === 'ready');
    demo.child.stdout.destroy();
    expect(await demo.ended).toEqual([141, null]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('knows the services of the shop', async () => {
    const { code, stdout, stderr } = await ninefold(['demo', '--break', 'chekout']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain("the shop has no service 'chekout'. Did you mean 'checkout'?");
    expect(stderr).toContain('write --break checkout or --break storefront');
  });
});
