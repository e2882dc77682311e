// What the definition of an SLO already knows: what is promised, what may fail, what is counted, and where to look.
import { type Block, bullets, paragraph, type Span, type Text } from '../../formats/page.ts';
import { substituteStep } from '../../formats/promql.ts';
import { toNumber } from '../../slo/decimal.ts';
import { formatDuration } from '../../slo/duration.ts';
import { SERIES } from '../../slo/names.ts';
import type { CountedPart, SliForm } from '../../slo/sli.ts';
import type { Slo } from '../../slo/slo.ts';
import { nominalSeconds } from '../../slo/window.ts';
import { percent } from '../defaults/guide-parts.ts';
import { selectorOf } from '../defaults/prometheus-queries.ts';
import { predicateText } from '../defaults/predicate-text.ts';
import type { RunbookWorkspace } from '../workspace.ts';
import { prometheusLink } from './prometheus-link.ts';

/** The facts of an SLO, as a list and the queries behind its numbers. */
export function sloFacts(slo: Slo, workspace: RunbookWorkspace): readonly Block[] {
  return [
    ...(slo.description === undefined ? [] : [paragraph(slo.description)]),
    bullets([
      promiseText(slo),
      budgetFact(slo),
      ...(slo.groupBy === undefined
        ? []
        : [
            `Each ${slo.groupBy.labels.join(' and ')} has a budget of its own, up to ${slo.groupBy.limit.toLocaleString('en')} of them.`,
          ]),
      budgetNow(slo, workspace),
      [{ strong: 'Links:' }, ' ', ...linksOf(slo, workspace)],
    ]),
    paragraph({ strong: 'What is counted' }, `, from ${sourceText(slo)}:`),
    ...countedBlocks(slo.sli.form),
  ];
}

function promiseText(slo: Slo): Text {
  return [
    { strong: 'Promise:' },
    ` ${slo.objective.text} good in ${windowText(slo)}; ${methodText(slo)}.`,
  ];
}

function methodText({ method, sli: { form } }: Slo): string {
  if (method.kind === 'occurrences') return 'every event weighs the same';
  const slice = formatDuration(method.sliceSeconds);
  if (form.form === 'gauge') return `judged once every ${slice}`;
  return `counted in slices of ${slice}, each bad when more than ${percent(toNumber(method.maxBadRatio))} of its events are`;
}

/** The budget in events, and in minutes of a total outage at even traffic. */
function budgetFact(slo: Slo): Text {
  const budget = toNumber(slo.objective.budget);
  const perMillion = Math.round(budget * 1_000_000).toLocaleString('en');
  const outage = Math.round(budget * nominalSeconds(slo.window));
  return [
    { strong: 'Error budget:' },
    ` ${percent(budget)}, that is ${perMillion} of a million events, or a total outage of ${formatDuration(coarse(outage))} at even traffic.`,
  ];
}

function budgetNow(slo: Slo, { prometheus }: RunbookWorkspace): Text {
  const query = `${SERIES.budgetRemaining}{slo="${slo.id}"}`;
  const base = prometheus[slo.sli.connection] ?? prometheus['default'];
  const series: Span =
    base === undefined ? { code: query } : { link: prometheusLink(base, query), text: query };
  return [
    { strong: 'What the budget allows now:' },
    ' ',
    { code: `npx ninefold explain ${slo.id}` },
    ', or ',
    series,
    ' (1 is all of it, 0 is none).',
  ];
}

function linksOf(slo: Slo, { settings, dashboardUid }: RunbookWorkspace): readonly Span[] {
  const uid = dashboardUid(slo.service.name);
  const path = `/d/${uid}`;
  const dashboard: readonly Span[] =
    settings.grafanaUrl === undefined
      ? ['dashboard ', { code: path }]
      : [{ link: `${settings.grafanaUrl}${path}`, text: 'dashboard' }];
  const named = [
    ...(slo.dashboardUrl === undefined
      ? []
      : [['dashboard of its own', slo.dashboardUrl] as const]),
    ...(slo.runbookUrl === undefined || slo.generatedRunbook === true
      ? []
      : [['runbook elsewhere', slo.runbookUrl] as const]),
    ...Object.entries(slo.service.links),
  ];
  return [...dashboard, ...named.flatMap(([text, link]): Span[] => [', ', { link, text }])];
}

function sourceText({ sli: { kind, connection, form } }: Slo): string {
  const where = {
    counters: 'Prometheus',
    expression: 'Prometheus',
    gauge: 'Prometheus',
    logs: 'Loki',
    events: 'events',
  }[form.form];
  return `${where} (${kind}${connection === 'default' ? '' : `, connection ${connection}`})`;
}

function countedBlocks(form: SliForm): readonly Block[] {
  switch (form.form) {
    case 'counters':
      return queries('promql', selectorOf(form.total), form.counted, selectorOf(form.part));
    case 'expression': {
      const [total, part] = [form.total, form.part].map((text) =>
        substituteStep(text, form.stepSeconds),
      ) as [string, string];
      return queries('promql', total, form.counted, part);
    }
    case 'gauge': {
      const { operator, bound } = form.goodWhen;
      return [
        { kind: 'code', language: 'promql', code: form.expression },
        paragraph(
          `One event every ${formatDuration(form.sliceSeconds)}, good when the value is ${operator} ${bound} all the while.`,
        ),
      ];
    }
    case 'logs':
      return queries('logql', form.total, form.counted, form.part);
    case 'events': {
      const origin =
        'kafka' in form.origin
          ? `the topic ${form.origin.kafka.topic}`
          : `the stream ${form.origin.ingest.stream}`;
      return [
        bullets([
          [
            'All events: ',
            origin,
            ...(form.total === undefined
              ? []
              : [', those for which ', { code: predicateText(form.total) }]),
          ],
          [
            `${form.counted === 'bad' ? 'Bad' : 'Good'} ones among them: `,
            { code: predicateText(form.part) },
          ],
        ]),
      ];
    }
  }
}

function queries(
  language: string,
  total: string,
  counted: CountedPart,
  part: string,
): readonly Block[] {
  return [{ kind: 'code', language, code: `# all\n${total}\n# ${counted}\n${part}` }];
}

function windowText({ window }: Slo): string {
  return window.kind === 'rolling'
    ? `any ${formatDuration(window.seconds)}`
    : `each calendar ${window.unit} (${window.zone})`;
}

/** Two leading units are all that it deserves. */
function coarse(seconds: number): number {
  const step = seconds >= 86_400 ? 3600 : seconds >= 3600 ? 60 : 1;
  return Math.round(seconds / step) * step;
}
