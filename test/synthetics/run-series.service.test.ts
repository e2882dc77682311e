import { spawnSync } from 'node:child_process';
import { afterAll, expect, it } from 'vitest';
import { http } from '../../index.ts';
import { createRunSeries } from '../../synthetics/index.ts';
import { findPromtool } from '../services/prometheus.ts';
import { describeWithService } from '../services/services.ts';
import { createCertificateAuthority } from './certificate-authority.ts';
import { rawServer, reply } from './raw-server.ts';
import { runProbe } from './run-probe.ts';

const authority = createCertificateAuthority();
afterAll(() => authority.remove());

/** What promtool has against metrics; '' when it has nothing. */
function complaints(text: string): { readonly status: number | null; readonly output: string } {
  const promtool = findPromtool();
  if (promtool.from === 'nowhere') throw new Error(promtool.reason);
  const { status, stdout, stderr } = spawnSync(promtool.file, ['check', 'metrics'], {
    input: text,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

describeWithService(['promtool'], 'series of runs, as promtool reads them', () => {
  it('are well formed and named as the field names series', async () => {
    const server = await rawServer(reply('200 OK'), authority.issue(['IP:127.0.0.1']));
    const url = `${server.url}/` as `https://${string}`;
    const tls = { ca: authority.file };
    const runs = [
      await runProbe(http({ url, tls }), {}, { location: 'eu' }),
      await runProbe(http({ url, tls, expect: (answer) => answer.status.equals(204) })),
      await runProbe(http({ url: 'http://127.0.0.1:1/' })),
    ];
    const series = createRunSeries();
    for (const run of runs) series.add({ ...run, scheduledAtMs: run.startedAtMs - 20 });
    for (const run of runs)
      series.add({ ...run, check: 'shop/odd', labels: { area: 'a "quoted"\nvalue' } });
    const text = series.text();
    expect(text).toContain(String.raw`area="a \"quoted\"\nvalue"`);
    expect(text).toContain('ninefold_probe_phase_duration_seconds_bucket');
    expect(complaints(text)).toEqual({ status: 0, output: '' });
  });

  it('would be told, were they not', () => {
    expect(complaints('# TYPE probe_runs counter\nprobe_runs{a="1} 2\n').status).not.toBe(0);
  });
});
