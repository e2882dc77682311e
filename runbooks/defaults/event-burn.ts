// What to do when a budget burns that is counted in log lines or in single events.
import type { EventForm, LogForm } from '../../slo/sli.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Step } from '../runbook.ts';
import { type Burn, budgetText, described } from './burn.ts';
import { checkBurn, checkOf } from './check-burn.ts';
import { predicateText } from './predicate-text.ts';

/** Lines that tell of failures. */
export function logsBurn(slo: Slo, form: LogForm): Burn {
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

/** Events from Kafka or over HTTP; runs of a check are such events. */
export function eventsBurn(slo: Slo, form: EventForm): Burn {
  const { origin, counted, part } = form;
  const check = checkOf(form);
  if (check !== undefined) return checkBurn(slo, check);
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
    symptoms: [`More than ${budgetText(slo)} of the events are bad${described(slo)}.`],
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
