// Panels of log lines, asked of a real Loki: what SLIs count, and what users state of a service's telemetry.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readTelemetry } from '../../cli/preview/telemetry-reader.ts';
import { dashboardPages } from '../../dashboards/dashboard-pages.ts';
import { drawDashboard } from '../../dashboards/drawn-dashboard.ts';
import { seriesOf } from '../../dashboards/preview/answer.ts';
import { previewPage } from '../../dashboards/preview/preview-page.ts';
import { questionsOf } from '../../dashboards/preview/question.ts';
import { lokiRatio } from '../../slo/sli/loki-ratio.ts';
import { sloOf } from '../collector/sources/prometheus/slo-fixture.ts';
import { startLoki } from '../services/loki.ts';
import type { RunningServer } from '../services/running-server.ts';
import { describeWithService } from '../services/services.ts';

const slo = sloOf('logged', {
  objective: '99%',
  sli: lokiRatio({ total: '{app="api"}', bad: '{app="api"} |= "error"' }),
});

describeWithService(['loki'], 'panels of log lines', () => {
  let loki: RunningServer;
  const now = Math.floor(Date.now() / 1000);

  beforeAll(async () => {
    loki = await startLoki();
    const values = Array.from({ length: 120 }, (_, index) => [
      String(BigInt(now - 600 + index * 5) * 1_000_000_000n),
      index % 10 === 0 ? `error in order ${index}` : `order ${index}`,
    ]);
    const pushed = await fetch(`${loki.url}/loki/api/v1/push`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ streams: [{ stream: { app: 'api' }, values }] }),
    });
    if (!pushed.ok) throw new Error(`Loki answers ${pushed.status}: ${await pushed.text()}`);
  });

  afterAll(() => loki?.stop());

  it('come from a server that answers the first question of a preview', async () => {
    const question = { key: 'a', expression: 'vector(1)', instant: true, step: 60 };
    const answers = await readTelemetry(
      { prometheus: loki.url, loki: loki.url },
      [{ ...question, telemetry: 'loki' }],
      { from: now - 60, to: now },
    );
    expect(answers.get('a')).toMatchObject({
      kind: 'series',
      series: [{ points: [[now, 1]] }],
    });
  });

  it('show the lines and how many there are a second, of SLIs and of what users state', async () => {
    const telemetry = [{ service: slo.service.name, logs: '{app="api"} != "error" |= "order 7"' }];
    const page = dashboardPages({ services: [slo.service], slos: [slo], telemetry }).find(
      ({ dashboard }) => dashboard.uid === `ninefold-s-${slo.service.name}`,
    );
    if (page === undefined) throw new Error('no page');
    const drawn = drawDashboard(page.dashboard, 'rules');
    const span = { from: now - 900, to: now + 60 };
    const questions = questionsOf(drawn, span).filter((each) => each.telemetry === 'loki');
    expect(questions.length).toBe(4);
    const servers = { prometheus: loki.url, loki: loki.url };
    const answers = await readTelemetry(servers, questions, span);
    const { html, panels } = previewPage(drawn, { answers, span });
    const outcome = new Map(panels.map(({ title, outcome }) => [title, outcome]));
    expect(outcome.get('Log lines a second (logged)')).toBe('drawn');
    expect(outcome.get('Bad lines (logged)')).toBe('drawn');
    expect(outcome.get('Logs')).toBe('drawn');
    expect(html.match(/<\/time> error in order \d+<\/li>/g)).toHaveLength(12);
    expect(html).toContain('</time> order 79</li>');
    // One line in five seconds, of which every tenth is bad.
    const most = questions.flatMap(({ key }) =>
      seriesOf(answers.get(key)).map(({ points }) => Math.max(...points.map(([, value]) => value))),
    );
    expect(most[0]).toBeCloseTo(0.2, 1);
    expect(most[1]).toBeLessThan(0.1);
  });
});
