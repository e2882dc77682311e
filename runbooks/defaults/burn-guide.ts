// What to do when an error budget burns, by the form of the SLI, for alerts that nobody has written a runbook for yet.
import type { Severity } from '../../slo/burn-policy.ts';
import type {
  CounterForm,
  EventForm,
  ExpressionForm,
  GaugeForm,
  LogForm,
  SliForm,
} from '../../slo/sli.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Decision, Guide, Step } from '../runbook.ts';
import {
  CHANGE_DECISIONS,
  CHANGES_STEP,
  explainStep,
  percent,
  ratioStep,
  ROLL_BACK,
  verification,
} from './guide-parts.ts';
import {
  counterRatio,
  expressionRatio,
  latencyQuantile,
  worstInstances,
  worstSeries,
} from './prometheus-queries.ts';
import { predicateText } from './predicate-text.ts';

/** What the kinds differ in. */
interface Burn {
  readonly symptoms: readonly string[];
  /** How much is bad now; absent where only the collector knows. */
  readonly now?: Step;
  /** Between that and the changes. */
  readonly look: readonly Step[];
  /** Lead to `change`, where they do not end. */
  readonly decisions: readonly Decision[];
}

/** The default guide of a burn alert. */
export function burnGuide(slo: Slo, severity: Severity): Guide {
  const burn = burnOf(slo, slo.sli.form);
  return {
    symptoms: burn.symptoms,
    firstFiveMinutes: [
      explainStep(slo),
      ...(burn.now === undefined ? [] : [burn.now]),
      ...burn.look,
      CHANGES_STEP,
    ],
    decisions: [...burn.decisions, ...CHANGE_DECISIONS],
    verification: verification(slo, burn.now, severity),
    rollBack: ROLL_BACK,
  };
}

function burnOf(slo: Slo, form: SliForm): Burn {
  switch (form.form) {
    case 'counters':
      return form.part.le === undefined ? counters(slo, form) : latency(slo, form);
    case 'expression':
      return expression(slo, form);
    case 'gauge':
      return gauge(slo, form);
    case 'logs':
      return logs(slo, form);
    case 'events':
      return events(slo, form);
  }
}

const PART_OR_ALL = (todo: string, promql: string): Decision => ({
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
});

function counters(slo: Slo, form: CounterForm): Burn {
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
    decisions: [PART_OR_ALL('Is it every instance, or one of them?', worstInstances(form))],
  };
}

function latency(slo: Slo, form: CounterForm): Burn {
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
      PART_OR_ALL('Which instances are late?', worstInstances(form)),
    ],
  };
}

function expression(slo: Slo, form: ExpressionForm): Burn {
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

function gauge(slo: Slo, form: GaugeForm): Burn {
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

function logs(slo: Slo, form: LogForm): Burn {
  return {
    symptoms: [
      `More than ${budgetText(slo)} of the log lines that count tell of a failure${described(slo)}.`,
    ],
    now: {
      do: 'See whether it still goes on: lines that count, of the last five minutes.',
      run: { in: 'logql', text: form.part },
      expect:
        form.counted === 'bad'
          ? 'Each line is a failure. They should be few and old.'
          : 'Each line is a success. What is missing here failed.',
    },
    look: [
      {
        do: 'Read ten of them in full, and look for what they share: a route, a host, an upstream, a message.',
        run: { in: 'logql', text: form.counted === 'bad' ? form.part : form.total },
        expect: 'The same few words in most of them.',
      },
    ],
    decisions: [
      {
        id: 'share',
        do: 'What do the failing lines share?',
        next: [
          {
            when: 'one host or pod',
            do: 'Take it out of service, verify, and look at it afterwards.',
          },
          { when: 'one upstream', step: 'dependency' },
          { when: 'nothing, or a new message', step: 'change' },
        ],
      },
    ],
  };
}

function events(slo: Slo, form: EventForm): Burn {
  const { origin, counted, part } = form;
  const read: Step =
    'kafka' in origin
      ? {
          do: 'Read some of the newest events as they are.',
          run: {
            in: 'command',
            text: `kafka-console-consumer.sh --bootstrap-server "$BROKERS" --topic ${origin.kafka.topic} --max-messages 20`,
          },
          expect: `An event is ${counted} when ${predicateText(part)}.`,
        }
      : {
          do: `Read some of the newest events where they are sent from, to the stream ${origin.ingest.stream}.`,
          expect: `An event is ${counted} when ${predicateText(part)}.`,
        };
  return {
    symptoms: [
      `More than ${budgetText(slo)} of the events are bad${described(slo)}.`,
      ...(slo.groupBy === undefined
        ? []
        : [
            `It can be one ${slo.groupBy.labels.join(' and ')} alone: the alert's labels say which.`,
          ]),
    ],
    look: [read],
    decisions: [
      {
        id: 'truth',
        do: 'Do the events tell the truth?',
        next: [
          {
            when: 'a release of whoever sends them changed a field or its unit',
            do: 'Have it taken back. What was counted meanwhile stays counted: say so in the incident.',
          },
          { when: 'they do', step: 'change' },
        ],
      },
    ],
  };
}

function budgetText({ objective: { budget } }: Slo): string {
  return percent(budget.num / budget.den);
}

function described({ description }: Slo): string {
  return description === undefined ? '' : `: ${description.replace(/\.$/, '')}`;
}
