// What to do when an SLI is no longer measured, by where its telemetry comes from.
import type { EventForm, SliForm } from '../../slo/sli.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Decision, Guide, Step } from '../runbook.ts';
import { checkOf, runsMissing, tryIt } from './check-burn.ts';
import { selectorOf } from './prometheus-queries.ts';

/** The default guide of the alert that telemetry is missing. */
export function missingGuide(slo: Slo): Guide {
  const source = sourceOf(slo.sli.form);
  return {
    symptoms: [
      `Nobody knows whether ${slo.id} keeps its ${slo.objective.text}: its burn alerts stand still, and its dashboard ends.`,
      'It says nothing of the service itself, which may be well, or down altogether: look at it first, from outside.',
    ],
    firstFiveMinutes: [
      {
        do: 'Try the service by hand, as a user would.',
        expect:
          'It answers: only the measuring failed. It does not: treat it as an outage, whatever the budget shows.',
      },
      {
        do: 'See how far the SLI is measured, and what the collector says of its source.',
        run: { in: 'command', text: `npx ninefold explain ${slo.id}` },
        expect: 'The moment up to which it is measured.',
      },
      source.look,
    ],
    decisions: [
      {
        id: 'others',
        do: 'Are other SLOs of the same source missing as well?',
        run: { in: 'command', text: 'npx ninefold status' },
        next: [
          { when: 'all of them', do: `The source is away, or the way to it: ${source.away}` },
          { when: 'this one alone', step: 'source' },
        ],
      },
      source.decision,
    ],
    verification: [
      source.look,
      {
        do: 'See the alert end and the SLI measured up to now.',
        run: { in: 'command', text: `npx ninefold explain ${slo.id}` },
        expect:
          'Coverage rises again. Time that was not measured stays unmeasured: it is neither good nor bad.',
      },
    ],
    rollBack: [],
  };
}

interface Source {
  /** Whether telemetry arrives at all. */
  readonly look: Step;
  /** What to look at when everything from there is missing; ends the sentence. */
  readonly away: string;
  readonly decision: Decision;
}

function sourceOf(form: SliForm): Source {
  switch (form.form) {
    case 'counters':
      return prometheus(`count(${selectorOf(form.total)})`);
    case 'expression':
      return prometheus(form.total.replaceAll('$step', '5m'));
    case 'gauge':
      return prometheus(form.expression);
    case 'logs':
      return loki(form.total);
    case 'events':
      return 'kafka' in form.origin ? kafka(form.origin.kafka.topic) : ingest(form);
  }
}

function prometheus(promql: string): Source {
  return {
    look: {
      do: 'See whether Prometheus has the series.',
      run: { in: 'promql', text: promql },
      expect: 'A number. Nothing at all means that no target exposes the series now.',
    },
    away: 'is Prometheus up, is its disk full, did its address or its credentials change?',
    decision: {
      id: 'source',
      do: 'Is the target scraped?',
      run: { in: 'promql', text: 'up == 0' },
      expect: 'No series: every known target answers its scrape.',
      next: [
        {
          when: 'its target is listed',
          do: 'The target does not answer its scrape: see whether it runs, and what its port, its network policy or its certificate says.',
        },
        {
          when: 'its target is not known to Prometheus at all',
          do: 'Discovery lost it: see the scrape configuration, labels of the workload, and namespaces.',
        },
        {
          when: 'it is scraped, and the series is gone',
          do: 'A release renamed the metric or a label: compare the exposition of the target with the query of the SLI.',
        },
      ],
    },
  };
}

function loki(logql: string): Source {
  return {
    look: {
      do: 'See whether Loki has new lines.',
      run: { in: 'logql', text: logql },
      expect: 'Lines of the last minutes. At night there may be none, when nobody calls.',
    },
    away: 'is Loki up, does it refuse lines (rate limits), did the tenant or the credentials change?',
    decision: {
      id: 'source',
      do: 'Where do the lines end?',
      next: [
        {
          when: 'the service writes none',
          do: 'It runs without being called, or does not run. Look at its traffic.',
        },
        {
          when: 'it writes them, and the agent does not send them',
          do: 'See the agent on that node: its positions, its disk, what it was answered.',
        },
        {
          when: 'Loki has lines, but not by this query',
          do: 'A label or the format of the lines changed: run the query without its pipeline.',
        },
      ],
    },
  };
}

function kafka(topic: string): Source {
  return {
    look: {
      do: 'See whether events arrive, and whether the collector reads them.',
      run: {
        in: 'command',
        text: 'kafka-consumer-groups.sh --bootstrap-server "$BROKERS" --describe --group "$GROUP"',
      },
      expect: `The topic ${topic} with a log end that grows and a lag that does not.`,
    },
    away: 'are the brokers reachable, did certificates or passwords change, is a partition without a leader?',
    decision: {
      id: 'source',
      do: 'Does the log end of the topic grow?',
      next: [
        {
          when: 'it stands still',
          do: 'Nobody writes events: look at what produces them, and whether it has anything to tell.',
        },
        {
          when: 'it grows, and so does the lag',
          do: 'The collector does not keep up or does not read: see its log, and the source in its metrics.',
        },
        {
          when: 'it grows without lag',
          do: 'The events are read and do not count: a field that is needed was renamed or has another type. The collector counts them as refused.',
        },
      ],
    },
  };
}

function ingest(form: EventForm): Source {
  const check = checkOf(form);
  if (check !== undefined)
    return {
      look: tryIt(check),
      away: 'is the collector reachable from where checks run, did its address or a token change?',
      decision: runsMissing(check),
    };
  const { origin } = form;
  const stream = 'ingest' in origin ? origin.ingest.stream : '';
  return {
    look: {
      do: `See whether anybody sends events to the stream ${stream}: the collector counts them in its own metrics.`,
      expect: 'The number of events taken rises, that of refused ones does not.',
    },
    away: 'is the collector reachable from where events are sent, did its address or a token change?',
    decision: {
      id: 'source',
      do: 'What is the sender answered?',
      next: [
        {
          when: '401 or 403',
          do: 'Its token ran out or was revoked: make another one with ninefold token.',
        },
        {
          when: '400 or 422',
          do: 'Its events lost a field or changed a type: the answer says which.',
        },
        {
          when: 'it does not send at all',
          do: 'Look at the sender: does it run, and has it anything to tell?',
        },
      ],
    },
  };
}
