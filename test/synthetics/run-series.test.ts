import { describe, expect, it } from 'vitest';
import { http } from '../../index.ts';
import { createRunSeries, junitOfRuns, type Run } from '../../synthetics/index.ts';
import { formatJunit } from '../../formats/junit.ts';
import { rawServer, reply } from './raw-server.ts';
import { runProbe } from './run-probe.ts';

const url = (text: string) => text as `http://${string}`;

async function threeRuns(): Promise<readonly Run[]> {
  const server = await rawServer(reply('200 OK', 'x "quoted"'));
  const passed = await runProbe(http({ url: url(server.url) }), {}, { location: 'eu' });
  const failed = await runProbe(
    http({ url: url(server.url), expect: (answer) => answer.body.equals('y') }),
    {},
    { location: 'eu' },
  );
  const slow: Run = { ...passed, durationMs: 700, phases: { connect: 2, firstByte: 698 } };
  return [passed, slow, failed];
}

/** Samples by their name with labels. */
function samples(text: string): ReadonlyMap<string, number> {
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const at = line.lastIndexOf(' ');
        return [line.slice(0, at), Number(line.slice(at + 1))] as const;
      }),
  );
}

describe('runs as series', () => {
  it('say the same as their records: verdicts, durations, each phase', async () => {
    const runs = await threeRuns();
    const series = createRunSeries();
    for (const run of runs) series.add(run);
    const found = samples(series.text());
    const labels = 'check="shop/home",location="eu",service="shop",team="web"';
    const ending = 'service="shop",team="web"';
    const count = (verdict: string) =>
      found.get(`ninefold_probe_runs_total{${labels},verdict="${verdict}"}`);
    expect([count('passed'), count('failed'), count('degraded')]).toEqual([2, 1, 0]);
    expect(found.get(`ninefold_probe_success{${labels}}`)).toBe(0);
    expect(found.get(`ninefold_probe_duration_seconds_count{${labels}}`)).toBe(3);
    const seconds = runs.reduce((sum, { durationMs }) => sum + durationMs, 0) / 1000;
    expect(found.get(`ninefold_probe_duration_seconds_sum{${labels}}`)).toBeCloseTo(seconds, 5);
    const below = (le: string) =>
      found.get(
        `ninefold_probe_duration_seconds_bucket{check="shop/home",le="${le}",location="eu",${ending}}`,
      );
    expect(below('+Inf')).toBe(3);
    expect(below('0.5')).toBe(2);
    const phase = (name: string) =>
      found.get(
        `ninefold_probe_phase_duration_seconds_count{check="shop/home",location="eu",phase="${name}",${ending}}`,
      );
    expect([phase('connect'), phase('firstByte'), phase('transfer'), phase('tls')]).toEqual([
      3,
      3,
      2,
      undefined,
    ]);
  });

  it('leave out success and times of what could not be tried', async () => {
    const [passed] = await threeRuns();
    const series = createRunSeries();
    series.add({ ...(passed as Run), verdict: 'error' });
    const names = [...samples(series.text()).keys()];
    expect(names.some((name) => name.startsWith('ninefold_probe_success'))).toBe(false);
    expect(samples(series.text()).get(names.find((name) => name.includes('_count')) ?? '')).toBe(0);
  });
});

describe('runs as JUnit', () => {
  it('are a suite a service and a case a check, with what was expected and what came', async () => {
    const text = formatJunit(junitOfRuns(await threeRuns()));
    expect(text).toContain('<testsuite name="shop" tests="3" failures="1"');
    expect(text).toContain('name="shop/home (eu)"/>');
    expect(text).toContain('expected body is &apos;y&apos;, got &apos;x &quot;quoted&quot;&apos;');
  });

  it('forget checks that are not run any more', async () => {
    const runs = await threeRuns();
    const series = createRunSeries();
    for (const run of runs) series.add(run);
    series.keep(new Set(['shop/home']));
    expect(samples(series.text()).size).toBeGreaterThan(0);
    series.keep(new Set());
    expect(samples(series.text()).size).toBe(0);
  });
});
