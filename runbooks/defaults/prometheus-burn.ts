// What to do when a budget burns that is counted in Prometheus: failures, latencies, expressions and gauges.
import type { CounterForm, ExpressionForm, GaugeForm } from '../../slo/sli.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Decision } from '../runbook.ts';
import { type Burn, budgetText, described } from './burn.ts';
import { ratioStep } from './guide-parts.ts';
import {
  counterRatio,
  expressionRatio,
  latencyQuantile,
  worstInstances,
  worstSeries,
} from './prometheus-queries.ts';

/** Events that fail. */
export function countersBurn(slo: Slo, form: CounterForm): Burn {
  return {
    symptoms: [
      `More than ${budgetText(slo)} of the events fail${described(slo)}.`,
      'Callers see errors, or retry and see slow answers instead.',
    ],
    now: ratioStep(
      'See whether it still goes on: the share of bad events in the last five minutes.',
      counterRatio(slo, form, '5m'),
      slo,
    ),
    look: [
      {
        do: 'See which kind of events fails.',
        run: { in: 'promql', text: worstSeries(form) },
        expect: 'One route, method or code far above the others, or all of them a little.',
      },
    ],
    decisions: [partOrAll('Is it every instance, or one of them?', worstInstances(form))],
  };
}

/** Answers that are late. */
export function latencyBurn(slo: Slo, form: CounterForm): Burn {
  return {
    symptoms: [
      `More than ${budgetText(slo)} of the answers take longer than ${form.part.le} (the bound of the histogram${described(slo)}).`,
      'Callers wait, run into time-outs and retry, which makes it worse.',
    ],
    now: ratioStep(
      'See whether it still goes on: the share of late answers in the last five minutes.',
      counterRatio(slo, form, '5m'),
      slo,
    ),
    look: [
      {
        do: 'See how late: the half that is fastest, and the slowest hundredth.',
        run: { in: 'promql', text: latencyQuantile(form, '0.99') },
        expect:
          'Set it beside the same query with 0.5: when both rose, all is slow; when only this one did, some requests are.',
      },
    ],
    decisions: [
      {
        id: 'tail',
        do: 'Is everything slow, or the slowest few?',
        run: { in: 'promql', text: latencyQuantile(form, '0.5') },
        next: [
          { when: 'the median rose as well: everything is slow', step: 'load' },
          { when: 'only the slowest few: one query, route, tenant or lock', step: 'where' },
        ],
      },
      partOrAll('Which instances are late?', worstInstances(form)),
    ],
  };
}

/** Whatever an expression counts. */
export function expressionBurn(slo: Slo, form: ExpressionForm): Burn {
  return {
    symptoms: [
      `More than ${budgetText(slo)} of what the expression counts is bad${described(slo)}.`,
    ],
    now: ratioStep(
      'See whether it still goes on: the share of bad events in the last five minutes.',
      expressionRatio(form, 300),
      slo,
    ),
    look: [
      {
        do: 'See what the counted part is made of: run it without its outer aggregation.',
        run: { in: 'promql', text: form.part.replaceAll('$step', '5m') },
        expect: 'The labels of the series that grew.',
      },
    ],
    decisions: [],
  };
}

/** A value that is not what it should be. */
export function gaugeBurn(slo: Slo, form: GaugeForm): Burn {
  const { operator, bound } = form.goodWhen;
  return {
    symptoms: [
      `The value is not ${operator} ${bound} in more than ${budgetText(slo)} of the slices of ${form.sliceSeconds} s${described(slo)}.`,
    ],
    now: {
      do: `See whether it still goes on: good is ${operator} ${bound}.`,
      run: { in: 'promql', text: form.expression },
      expect: `${operator} ${bound} for every series.`,
    },
    look: [
      {
        do: 'Try by hand what the value stands for, from another place than where it is measured.',
        expect: 'It fails for you as well: it is real. It works: look at what measures.',
      },
    ],
    decisions: [
      {
        id: 'real',
        do: 'Does it fail for users, or only for what measures it?',
        next: [
          {
            when: 'it works when tried by hand, from several places',
            do: 'Mend what measures: its network, its credentials, its certificate. Until then the budget is spent by mistake: say so in the incident.',
          },
          { when: 'it fails by hand as well', step: 'change' },
        ],
      },
    ],
  };
}

function partOrAll(todo: string, promql: string): Decision {
  return {
    id: 'where',
    do: todo,
    run: { in: 'promql', text: promql },
    expect: 'Much the same for each, or one that stands out.',
    next: [
      {
        when: 'one instance or zone stands out',
        do: 'Take it out of service: drain it, or move traffic away. Verify, and look at it afterwards.',
      },
      { when: 'all are much the same', step: 'change' },
    ],
  };
}
