// Rules of the shape that Sloth generates for an SLO: seventeen in three groups. The shape is Sloth's, the text is ours.
import { METRIC } from './counted-services.ts';

/** A rule group as a Prometheus rule file has it. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly Readonly<Record<string, unknown>>[];
}

const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;
const PERIOD = '30d';
const OBJECTIVE = 0.999;

/** The series that the rule over the whole period reads. */
export const FIVE_MINUTE_RATIO = 'slo:sli_error:ratio_rate5m';

/** The labels that its five-minute ratio carries; with the name, all labels of the series. */
export function ratioLabels(job: string): Readonly<Record<string, string>> {
  return { ...identity(job), slo_window: '5m' };
}

function identity(job: string): Readonly<Record<string, string>> {
  return { slo_id: `${job}-availability`, slo_service: job, slo_name: 'availability' };
}

/**
 * Recording rules of the error ratio in eight windows (the longest as the mean of the shortest, Sloth's default), seven
 * rules of facts about the SLO, and two alerts over two pairs of windows each.
 */
export function slothShapedGroups(job: string): readonly RuleGroup[] {
  const labels = identity(job);
  const own = `slo_id="${labels['slo_id']}"`;
  const ratio = (window: string): string => `slo:sli_error:ratio_rate${window}{${own}}`;
  const joined = 'on(slo_id, slo_name, slo_service) group_left';
  const errors = `${METRIC}{job="${job}",code=~"5.."}`;
  const all = `${METRIC}{job="${job}"}`;
  const fact = (record: string, expr: string, more: Readonly<Record<string, string>> = {}) => ({
    record,
    expr,
    labels: { ...labels, ...more },
  });
  const above = (window: string, factor: number): string =>
    `max(${ratio(window)} > (${factor} * ${1 - OBJECTIVE})) without (slo_window)`;
  const pair = (short: string, long: string, factor: number): string =>
    `(${above(short, factor)} and ${above(long, factor)})`;
  const alert = (severity: string, expr: string) => ({
    alert: 'ErrorsBurnBudget',
    expr,
    labels: { severity, job },
    annotations: { summary: `${job} burns its error budget too fast` },
  });
  return [
    {
      name: `slo-errors-${job}`,
      rules: [
        ...WINDOWS.map((window) =>
          fact(
            `slo:sli_error:ratio_rate${window}`,
            `(sum(rate(${errors}[${window}]))) / (sum(rate(${all}[${window}])))`,
            { slo_window: window },
          ),
        ),
        fact(
          `slo:sli_error:ratio_rate${PERIOD}`,
          `sum_over_time(${ratio('5m')}[${PERIOD}]) / ignoring(slo_window) count_over_time(${ratio('5m')}[${PERIOD}])`,
          { slo_window: PERIOD },
        ),
      ],
    },
    {
      name: `slo-facts-${job}`,
      rules: [
        fact('slo:objective:ratio', `vector(${OBJECTIVE})`),
        fact('slo:error_budget:ratio', `vector(1 - ${OBJECTIVE})`),
        fact('slo:time_period:days', 'vector(30)'),
        fact(
          'slo:current_burn_rate:ratio',
          `${ratio('5m')} / ${joined} slo:error_budget:ratio{${own}}`,
        ),
        fact(
          'slo:period_burn_rate:ratio',
          `${ratio(PERIOD)} / ${joined} slo:error_budget:ratio{${own}}`,
        ),
        fact('slo:period_error_budget_remaining:ratio', `1 - slo:period_burn_rate:ratio{${own}}`),
        fact('slo_info', 'vector(1)', { slo_objective: '99.9' }),
      ],
    },
    {
      name: `slo-alerts-${job}`,
      rules: [
        alert('page', `${pair('5m', '1h', 14.4)} or ${pair('30m', '6h', 6)}`),
        alert('ticket', `${pair('2h', '1d', 3)} or ${pair('6h', '3d', 1)}`),
      ],
    },
  ];
}
