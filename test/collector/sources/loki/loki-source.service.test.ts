// The Loki source on a real Loki: every line in exactly one cell, late ones included, whatever fails meanwhile.
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { createManualClock, type ManualClock, systemClock } from '../../../../collector/clock.ts';
import type { Source } from '../../../../collector/sources/source.ts';
import { createLokiSource } from '../../../../collector/sources/loki/loki-source.ts';
import type { LokiConnection } from '../../../../slo/connection.ts';
import type { Slo } from '../../../../slo/slo.ts';
import { startLoki } from '../../../services/loki.ts';
import type { RunningServer } from '../../../services/running-server.ts';
import { describeWithService } from '../../../services/services.ts';
import { logSlo } from '../event-slo.ts';
import {
  createListLog,
  createTestLedger,
  type ListLog,
  testContext,
  type TestLedger,
  until,
} from '../test-ledger.ts';
import { lineAt, type LogLine, pushLines, truthOf } from './log-writer.ts';

let names = 0;
const freshName = (): string => `app-${process.pid}-${(names += 1)}`;
const nowSeconds = (): number => Math.floor(Date.now() / 1000);
const aligned = (seconds: number, width: number): number => seconds - (seconds % width);

describeWithService(['loki'], 'the Loki source', () => {
  let loki: RunningServer;
  beforeAll(async () => {
    loki = await startLoki();
  });

  const settings = (rest: Partial<LokiConnection> = {}): LokiConnection => ({
    url: loki.url,
    headers: {},
    timeoutSeconds: 30,
    pollSeconds: 1,
    settleSeconds: 20,
    rereadSeconds: 3900,
    concurrency: 4,
    backfill: false,
    ...rest,
  });
  const onApp = (app: string, rest: Partial<Parameters<typeof logSlo>[0]> = {}): Slo =>
    logSlo({ total: `{app="${app}"}`, part: `{app="${app}"} | logfmt | status >= 500`, ...rest });

  interface Running {
    readonly source: Source;
    readonly log: ListLog;
    readonly stop: () => Promise<void>;
  }
  function run(
    ledger: TestLedger,
    connection: LokiConnection,
    clock: ManualClock | undefined,
    ...slos: Slo[]
  ): Running {
    const source = createLokiSource({ connection: 'default', settings: connection, slos });
    const stopping = new AbortController();
    const log = createListLog();
    const running = source.run(
      testContext(ledger, { log, clock: clock ?? systemClock }),
      stopping.signal,
    );
    const stop = async (): Promise<void> => {
      stopping.abort();
      await running;
    };
    onTestFinished(stop);
    return { source, log, stop };
  }
  const total = async (ledger: TestLedger): Promise<number> =>
    (await ledger.totals('shop/availability'))[0];

  it('counts each line in exactly one cell, also those on the very boundary of two', async () => {
    const app = freshName();
    const base = aligned(nowSeconds(), 10) - 120;
    const lines: LogLine[] = [];
    for (let cell = 0; cell < 5; cell += 1)
      for (const [offset, status] of [
        [0, 200],
        [1, 500],
        [1_000_000, 200],
        [5_000_000_000, 503],
        [9_999_000_000, 500],
      ] as const)
        lines.push({
          ...lineAt(base + cell * 10, status, `n=${cell}.${offset}`),
          ns: BigInt(base + cell * 10) * 1_000_000_000n + BigInt(offset),
        });
    await pushLines(loki.url, { app }, lines);
    const ledger = createTestLedger();
    run(ledger, settings(), undefined, onApp(app));
    await until(async () => (await total(ledger)) === lines.length);
    expect(await ledger.counts()).toEqual(truthOf(lines, 10));
    await until(() => (ledger.watermarks.get('shop/availability') ?? 0) >= nowSeconds() - 32);
    expect(await ledger.coverage('shop/availability')).toMatchObject([{ from: base }]);
    expect(ledger.setBack).toEqual([]);
  });

  it('counts lines that come late, each once, and follows the newest ones', async () => {
    const app = freshName();
    const ledger = createTestLedger();
    const now = nowSeconds();
    const early = [lineAt(now - 100, 200, 'a'), lineAt(now - 60, 500, 'b')];
    await pushLines(loki.url, { app }, early);
    const { source } = run(ledger, settings(), undefined, onApp(app));
    await until(async () => (await total(ledger)) === 2);
    const late = [lineAt(now - 130, 500, 'c'), lineAt(now - 61, 200, 'd')];
    await pushLines(loki.url, { app, agent: 'slow' }, late);
    await until(async () => (await total(ledger)) === 4);
    const fresh = [lineAt(nowSeconds() - 3, 500, 'e')];
    await pushLines(loki.url, { app }, fresh);
    await until(async () => (await total(ledger)) === 5);
    expect(await ledger.counts()).toEqual(truthOf([...early, ...late, ...fresh], 10));
    expect(source.status()).toMatchObject({ state: 'live', kind: 'loki' });
  });

  it('reads an hour again every five minutes, for lines of agents that were cut off', async () => {
    const app = freshName();
    const ledger = createTestLedger();
    const clock = createManualClock(Date.now());
    await pushLines(loki.url, { app }, [lineAt(nowSeconds() - 20, 200)]);
    const step = async (): Promise<void> => {
      await clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    run(ledger, settings({ pollSeconds: 20 }), clock, onApp(app));
    await until(async () => (await total(ledger)) === 1);
    await pushLines(loki.url, { app, agent: 'cut-off' }, [lineAt(nowSeconds() - 3_000, 500)]);
    let waited = 0;
    while ((await total(ledger)) === 1) {
      await step();
      waited += 1;
    }
    expect(await ledger.totals('shop/availability')).toEqual([2, 1]);
    expect(waited).toBeGreaterThan(200);
    expect(waited).toBeLessThan(400);
  });

  it('gives each group its own budget, and counts good lines as well as bad ones', async () => {
    const app = freshName();
    const now = nowSeconds();
    const lines = [
      lineAt(now - 50, 200, 'route=/a'),
      lineAt(now - 45, 500, 'route=/a'),
      lineAt(now - 45, 200, 'route="/b c"'),
      lineAt(now - 40, 503, ''),
    ];
    await pushLines(loki.url, { app }, lines);
    const ledger = createTestLedger();
    const total = `{app="${app}"} | logfmt # every line`;
    run(
      ledger,
      settings(),
      undefined,
      logSlo({
        total,
        part: `{app="${app}"} | logfmt | status < 500`,
        counted: 'good',
        groupBy: ['route'],
      }),
    );
    await until(async () => (await ledger.counts()).size === 4);
    expect(await ledger.totals('shop/availability{route="/a"}')).toEqual([2, 1]);
    expect(await ledger.totals('shop/availability{route="/b c"}')).toEqual([1, 0]);
    expect(await ledger.totals('shop/availability{route=""}')).toEqual([1, 1]);
  });

  it('reads its history back in chunks, newest first, and calls measured what follows the first line', async () => {
    const app = freshName();
    const ledger = createTestLedger();
    const now = nowSeconds();
    const lines: LogLine[] = [];
    for (let hour = 70; hour >= 0; hour -= 1) {
      lines.push(lineAt(now - 200 - hour * 3600, hour % 5 === 0 ? 500 : 200, `h=${hour}`));
      lines.push(lineAt(aligned(now - 200 - hour * 3600, 900) + 900, 200, `edge=${hour}`));
    }
    const ordered = lines
      .filter(({ ns }) => ns < BigInt(now) * 1_000_000_000n)
      .toSorted((a, b) => Number(a.ns - b.ns));
    await pushLines(loki.url, { app }, ordered);
    // Loki asks its memory for the last three hours only: what is older is found once it is on disk.
    expect((await fetch(`${loki.url}/flush`, { method: 'POST' })).status).toBe(204);
    const slo = onApp(app, { window: '4d' });
    const first = run(ledger, settings({ backfill: true }), undefined, slo);
    await until(async () => (await total(ledger)) > 20);
    await first.stop();
    const { source } = run(ledger, settings({ backfill: true }), undefined, slo);
    await until(
      async () => (await total(ledger)) >= ordered.length && source.status().state === 'live',
    );
    expect(await ledger.totals('shop/availability')).toEqual([
      ordered.length,
      ordered.filter(({ text }) => text.includes('500')).length,
    ]);
    const [covered, ...more] = await ledger.coverage('shop/availability');
    expect(more).toEqual([]);
    expect(covered?.from).toBe(aligned(Number((ordered[0]?.ns ?? 0n) / 1_000_000_000n), 60));
  });

  it('goes on without a hole after it was away, and after Loki was', async () => {
    const app = freshName();
    const ledger = createTestLedger();
    const own = await startLoki({ limits: {} });
    const connection = settings({ url: own.url });
    const now = nowSeconds();
    const lines = [lineAt(now - 30, 200)];
    await pushLines(own.url, { app }, lines);
    const first = run(ledger, connection, undefined, onApp(app));
    await until(async () => (await total(ledger)) === 1);
    await first.stop();
    const more = [lineAt(now - 20, 500), lineAt(nowSeconds() - 2, 200)];
    await pushLines(own.url, { app }, more);
    const { source } = run(ledger, connection, undefined, onApp(app));
    await until(async () => (await total(ledger)) === 3);
    await own.kill();
    await until(() => source.status().state === 'failing');
    const through = (await ledger.coverage('shop/availability'))[0]?.to ?? 0;
    await own.restart();
    const last = [lineAt(nowSeconds() - 1, 500)];
    await pushLines(own.url, { app }, last);
    await until(async () => (await total(ledger)) >= 4);
    expect(await ledger.counts()).toEqual(truthOf([...lines, ...more, ...last], 10));
    const coverage = await ledger.coverage('shop/availability');
    expect(coverage).toHaveLength(1);
    expect(coverage[0]?.to).toBeGreaterThan(through);
  });

  it('tells what is wrong with a query, without harm to the others, and measures nothing meanwhile', async () => {
    const app = freshName();
    const now = nowSeconds();
    await pushLines(loki.url, { app }, [lineAt(now - 40, 200)]);
    const ledger = createTestLedger();
    const broken = onApp(app, { name: 'broken', part: `{app="${app}"} | logfmt | status > 1s` });
    const { source, log } = run(ledger, settings(), undefined, onApp(app), broken);
    await until(async () => (await total(ledger)) === 1 && source.status().lastError !== undefined);
    expect(source.status()).toMatchObject({ state: 'failing' });
    expect(source.status().lastError?.message).toMatch(/shop\/broken.*HTTP 400.*LabelFilterErr/s);
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    expect(await ledger.coverage('shop/broken')).toEqual([]);
    expect(ledger.watermarks.get('shop/broken')).toBeUndefined();
  });

  it('asks for less where Loki has limits', async () => {
    const app = freshName();
    const now = nowSeconds();
    const own = await startLoki({ limits: { max_query_length: '30m' } });
    const lines = [lineAt(now - 3_500, 200), lineAt(now - 1_900, 500), lineAt(now - 30, 200)];
    await pushLines(own.url, { app }, lines);
    const ledger = createTestLedger();
    const { source } = run(ledger, settings({ url: own.url }), undefined, onApp(app));
    await until(async () => (await total(ledger)) === 3);
    expect(await ledger.counts()).toEqual(truthOf(lines, 10));
    expect(source.status().counters['splits']).toBeGreaterThan(0);
  });
});
