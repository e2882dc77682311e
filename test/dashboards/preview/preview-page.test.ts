// A preview shows what the answers say, breaks lines where telemetry does, and says what is missing in words.
import { describe, expect, it } from 'vitest';
import { defineDashboard, row } from '../../../dashboards/dashboard.ts';
import { drawDashboard } from '../../../dashboards/drawn-dashboard.ts';
import {
  barGaugePanel,
  gaugePanel,
  heatmapPanel,
  logsPanel,
  type Panel,
  stateTimelinePanel,
  statPanel,
  tablePanel,
  textPanel,
  timeSeriesPanel,
  tracesPanel,
} from '../../../dashboards/panel.ts';
import type { Answer, AnswerSeries } from '../../../dashboards/preview/answer.ts';
import { previewPage } from '../../../dashboards/preview/preview-page.ts';
import { questionsOf, secondsBack } from '../../../dashboards/preview/question.ts';
import { logqlSignal, promqlSignal, traceqlSignal } from '../../../dashboards/signal.ts';

const SPAN = { from: 0, to: 3600 };
const words = { title: 'A <panel>', description: 'd' };
const load = promqlSignal({
  name: 'load',
  description: 'd',
  unit: 'count',
  labels: ['host'],
  expression: 'load{job=~"$job"}',
});
const state = promqlSignal({ name: 'state', description: 'd', unit: 'state', expression: 'up' });

const of = (host: string, ...points: AnswerSeries['points']): AnswerSeries => ({
  labels: { host },
  points,
});
const series = (...all: AnswerSeries[]): Answer => ({ kind: 'series', series: all });

/** The page of one panel, all of whose queries get these answers, in turn. */
function shown(panel: Panel, ...answers: Answer[]) {
  const dashboard = defineDashboard({ uid: 'x', ...words, rows: [row('', [panel])] });
  const drawn = drawDashboard(dashboard, 'rules');
  const questions = questionsOf(drawn, SPAN);
  const byKey = new Map(
    questions.flatMap(({ key }, index) => {
      const answer = answers[index];
      return answer === undefined ? [] : [[key, answer] as const];
    }),
  );
  return previewPage(drawn, { answers: byKey, span: SPAN });
}

describe('a preview', () => {
  it('loads nothing, runs nothing, and takes text for text', () => {
    const { html } = shown(statPanel({ ...words, signals: [load] }), series(of('a', [3600, 5])));
    expect(html).not.toMatch(/<script|src=|@import|url\(/);
    expect(html).toContain('A &lt;panel&gt;');
    expect(html).not.toContain('<panel>');
  });

  it('draws every kind of panel', () => {
    const answer = series(of('web-1', [0, 1], [15, 2], [3600, 4]));
    const level = { from: 3, unit: 'count', shade: 'warning' } as const;
    const column = { title: 'Load', signal: load, levels: [level] };
    const kinds: [Panel, string][] = [
      [timeSeriesPanel({ ...words, signals: [load] }), '<path class="line s0"'],
      [statPanel({ ...words, signals: [load], levels: [level] }), 'class="number warning"'],
      [gaugePanel({ ...words, signals: [load], min: 0, max: 8 }), 'class="needle"'],
      [barGaugePanel({ ...words, signals: [load] }), 'class="bar neutral"'],
      [heatmapPanel({ ...words, signals: [load] }), 'class="heat"'],
      [
        tablePanel({
          ...words,
          columns: [{ title: 'Host', label: 'host' }, column],
          sortBy: 'Load',
        }),
        '<td>web-1</td><td class="value warning">4</td>',
      ],
    ];
    for (const [panel, expected] of kinds) {
      const { html, panels } = shown(panel, answer);
      expect(panels).toMatchObject([{ outcome: 'drawn' }]);
      expect(html, panel.kind).toContain(expected);
    }
  });

  it('says what there is not, in the words of the panel, and why a query failed', () => {
    const panel = timeSeriesPanel({ ...words, signals: [load], whenEmpty: 'No traffic' });
    expect(shown(panel, series())).toMatchObject({ panels: [{ outcome: 'empty' }] });
    expect(shown(panel, series()).html).toContain('<p class="empty">No traffic</p>');
    const failed = shown(panel, { kind: 'failed', message: 'parse error <here>' });
    expect(failed.panels).toMatchObject([{ outcome: 'failed' }]);
    expect(failed.html).toContain('The query A failed: parse error &lt;here&gt;');
  });

  it('breaks a line where telemetry is missing', () => {
    const panel = timeSeriesPanel({ ...words, signals: [load] });
    const lines = (...points: AnswerSeries['points']): number =>
      shown(panel, series(of('a', ...points)))
        .html.split('d="M')[1]
        ?.split('"')[0]
        ?.split('M').length ?? 0;
    expect(lines([0, 1], [15, 2], [30, 3])).toBe(1);
    expect(lines([0, 1], [15, 2], [600, 3], [615, 3])).toBe(2);
    expect(lines([0, 1], [15, NaN], [30, 3], [45, 3])).toBe(2);
  });

  it('draws the nearest limits as lines with their number, and no farther ones', () => {
    const limit = (at: number) =>
      ({ at, unit: 'count', shade: 'critical', name: String(at) }) as const;
    const panel = timeSeriesPanel({ ...words, signals: [load], limits: [limit(6), limit(1000)] });
    const { html } = shown(panel, series(of('a', [0, 1], [15, 2])));
    expect(
      [...html.matchAll(/class="limit (\w+)".*?<span.*?>(.*?)<\/span>/g)].map((m) => m[2]),
    ).toEqual(['6']);
  });

  it('stacks what is said to be stacked', () => {
    const panel = timeSeriesPanel({ ...words, signals: [load], stacked: true });
    const { html } = shown(panel, series(of('a', [0, 10], [15, 10]), of('b', [0, 90], [15, 90])));
    expect(html).toContain('<path class="fill s1"');
    expect(html).toContain('<span>100</span>');
  });

  it('writes states as words, and none where nothing was measured', () => {
    const states = [
      { value: 0, word: 'OK', shade: 'good' },
      { value: 3, word: 'Page', shade: 'critical' },
    ] as const;
    const panel = stateTimelinePanel({ ...words, signals: [state], states });
    const { html } = shown(panel, series(of('a', [0, 0], [15, 0], [900, 3], [915, 3])));
    const bands = [...html.matchAll(/class="band (\w+)" style="left:([\d.]+)%;width:([\d.]+)%/g)];
    expect(bands.map(([, shade, left, width]) => [shade, left, width])).toEqual([
      ['good', '0.00', '0.83'],
      ['critical', '25.00', '0.83'],
    ]);
  });

  it('shows log lines newest first, and says of traces where they are', () => {
    const logs = logqlSignal({ name: 'l', description: 'd', unit: 'count', expression: '{a="b"}' });
    const traces = traceqlSignal({ name: 't', description: 'd', unit: 'count', expression: '{}' });
    const { html } = shown(logsPanel({ ...words, signals: [logs] }), {
      kind: 'lines',
      lines: [
        { at: 1, text: 'opened' },
        { at: 2, text: 'closed <b>' },
      ],
    });
    expect(html.indexOf('closed &lt;b&gt;')).toBeLessThan(html.indexOf('opened'));
    expect(shown(tracesPanel({ ...words, signals: [traces] })).html).toContain('Grafana shows it');
  });

  it('shows text with its links', () => {
    const text = 'Before:\n\n- [runbook](https://wiki.example/r)\n- <b>';
    const { html } = shown(textPanel({ title: 'T', text }));
    expect(html).toContain(
      '<li><a href="https://wiki.example/r" rel="noreferrer">runbook</a></li>',
    );
    expect(html).toContain('<li>&lt;b&gt;</li>');
  });
});

describe('the questions of a dashboard', () => {
  it('are those of a reader who chose all, with the intervals of the time that is seen', () => {
    const rate = promqlSignal({
      name: 'rate',
      description: 'd',
      unit: 'count',
      expression: 'rate(a_total{job=~"$job",team="${team}"}[$__rate_interval]) * $factor',
    });
    const dashboard = defineDashboard({
      uid: 'x',
      ...words,
      variables: [
        { kind: 'label', name: 'job', selector: 'a_total' },
        { kind: 'choice', name: 'team', values: ['red', 'blue'] },
        { kind: 'text', name: 'factor', initial: '60' },
      ],
      rows: [row('', [timeSeriesPanel({ ...words, signals: [rate] })])],
    });
    const [question] = questionsOf(drawDashboard(dashboard, 'rules'), { from: 0, to: 86_400 });
    expect(question).toMatchObject({
      expression: 'rate(a_total{job=~".+",team="red"}[6m15s]) * 60',
      instant: false,
      step: 360,
    });
  });

  it('begin where the dashboard says', () => {
    expect(secondsBack('now-6h')).toBe(21_600);
    expect(secondsBack('now-30d')).toBe(2_592_000);
    expect(secondsBack('6h')).toBeUndefined();
  });
});
