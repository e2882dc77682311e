// Rate, errors and duration of a service, from the very series that its SLIs count: nothing is guessed.
import { toNumber } from '../../slo/decimal.ts';
import type { CounterForm, LogForm } from '../../slo/sli.ts';
import type { Slo } from '../../slo/slo.ts';
import { type Limit, logsPanel, type Panel, timeSeriesPanel } from '../panel.ts';
import { histogramSignal, logqlSignal, promqlSignal, type Signal } from '../signal.ts';
import { latencyUnitOf } from './latency-unit.ts';

/** More SLOs of one service would make these panels unreadable; their own rows tell of all. */
const MOST_SLOS = 4;

interface Counted<F> {
  readonly slo: Slo;
  readonly form: F;
}

/** Panels of what comes in and how it goes out; none for SLIs that are not counters of Prometheus. */
export function trafficPanels(slos: readonly Slo[]): readonly Panel[] {
  const counted = slos
    .flatMap((slo): Counted<CounterForm>[] =>
      slo.sli.form.form === 'counters' ? [{ slo, form: slo.sli.form }] : [],
    )
    .slice(0, MOST_SLOS);
  const [first, ...others] = uniqueBy(counted, ({ form }) => form.total.selector).map(rateSignal);
  const ratios = counted.filter(({ form }) => form.part.le === undefined);
  const [ratio, ...ratioOthers] = ratios.map(errorSignal);
  return [
    ...(first === undefined
      ? []
      : [
          timeSeriesPanel({
            title: 'Rate',
            description: `Events a second, of ${counted.map(({ form }) => `\`${form.total.selector}\``).join(' and ')}.`,
            signals: [first, ...others],
            width: 8,
            min: 0,
            whenEmpty: 'No traffic',
          }),
        ]),
    ...(ratio === undefined
      ? []
      : [
          timeSeriesPanel({
            title: 'Errors',
            description: `The share of events that are bad at each moment, as ${ratios.map(({ slo, form }) => `${slo.id} counts \`${form.part.selector}\``).join(', ')}. At its line a budget lasts exactly its window.`,
            signals: [ratio, ...ratioOthers],
            width: 8,
            min: 0,
            limits: ratios.map(budgetLimit),
            whenEmpty: 'No traffic',
          }),
        ]),
    ...counted.flatMap(durationPanel),
  ];
}

function rateSignal({ slo, form }: Counted<CounterForm>): Signal<'events per second'> {
  return promqlSignal({
    name: slo.name,
    description: form.total.selector,
    unit: 'events per second',
    expression: `sum(rate(${form.total.selector}[$__rate_interval]))`,
  });
}

function errorSignal({ slo, form }: Counted<CounterForm>): Signal<'ratio'> {
  const rate = (selector: string): string => `sum(rate(${selector}[$__rate_interval]))`;
  // A part of which nothing happened yet has no series; without traffic there is no share at all.
  const part = `(${rate(form.part.selector)} or vector(0)) / (${rate(form.total.selector)} > 0)`;
  return promqlSignal({
    name: slo.name,
    description: form.part.selector,
    unit: 'ratio',
    expression: form.counted === 'bad' ? part : `1 - ${part}`,
  });
}

function budgetLimit({ slo }: Counted<CounterForm>): Limit<'ratio'> {
  const { budget, text } = slo.objective;
  return {
    at: toNumber(budget),
    unit: 'ratio',
    shade: 'warning',
    name: `${slo.name}: what ${text} leaves`,
  };
}

/** Quantiles of the histogram of a latency SLI, with its bound as a line and traces at its points. */
function durationPanel({ slo, form }: Counted<CounterForm>): readonly Panel[] {
  const { selector, le } = form.part;
  const perSecond = latencyUnitOf(selector);
  if (le === undefined || perSecond === undefined) return [];
  const signal = histogramSignal({
    name: slo.name,
    description: selector,
    unit: 'seconds',
    selector,
    ...(perSecond !== 1 && { divideBy: perSecond }),
  });
  const bound = Number(le) / perSecond;
  return [
    timeSeriesPanel({
      title: `Duration (${slo.name})`,
      description: `Quantiles of \`${selector}\`; points lead to traces.`,
      signals: [signal],
      width: 8,
      min: 0,
      limits: Number.isFinite(bound)
        ? [{ at: bound, unit: 'seconds', shade: 'warning', name: `good up to ${bound} s` }]
        : [],
      whenEmpty: 'No traffic',
    }),
  ];
}

/** Panels of the log lines that SLIs on Loki count. */
export function logPanels(slos: readonly Slo[]): readonly Panel[] {
  return slos
    .flatMap((slo): Counted<LogForm>[] =>
      slo.sli.form.form === 'logs' ? [{ slo, form: slo.sli.form }] : [],
    )
    .slice(0, MOST_SLOS)
    .flatMap(({ slo, form }) => {
      const words = { description: `lines of ${slo.id}`, unit: 'events per second' as const };
      const each = (name: string, query: string): Signal<'events per second'> =>
        logqlSignal({ ...words, name, expression: `sum(rate(${query} [$__auto]))` });
      const shown = form.counted === 'bad' ? form.part : form.total;
      return [
        timeSeriesPanel({
          title: `Log lines a second (${slo.name})`,
          description: `All lines that ${slo.id} counts, and the ${form.counted} ones.`,
          signals: [each('all', form.total), each(form.counted, form.part)],
          width: 8,
          min: 0,
          whenEmpty: 'No lines',
          mayBeEmpty: 'Nothing was logged.',
        }),
        logsPanel({
          title: `${form.counted === 'bad' ? 'Bad lines' : 'Lines'} (${slo.name})`,
          description: `The lines themselves, as ${slo.id} counts them.`,
          signals: [
            logqlSignal({
              name: slo.name,
              description: `lines of ${slo.id}`,
              unit: 'count',
              expression: shown,
            }),
          ],
          width: 16,
          height: 8,
          whenEmpty: 'No lines',
          mayBeEmpty: 'Nothing was logged.',
        }),
      ];
    });
}

function uniqueBy<T>(values: readonly T[], key: (value: T) => string): readonly T[] {
  return [...new Map(values.toReversed().map((each) => [key(each), each])).values()].toReversed();
}
