// What to do when a check fails too often, or nobody runs it any more.
import { checkOfStream } from '../../slo/names.ts';
import type { EventForm } from '../../slo/sli.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Decision, Step } from '../runbook.ts';
import { type Burn, budgetText } from './burn.ts';

/** The id `service/name` of the check whose runs the events are; undefined when they are something else. */
export function checkOf({ origin, everySeconds }: EventForm): string | undefined {
  // Only runs of checks come at known times.
  return everySeconds === undefined || !('ingest' in origin)
    ? undefined
    : checkOfStream(origin.ingest.stream);
}

/** Runs of a check that failed. */
export function checkBurn(slo: Slo, check: string): Burn {
  return {
    symptoms: [
      `The check ${check} failed in more than ${budgetText(slo)} of its runs: whoever does the same, fails as well.`,
    ],
    now: tryIt(check),
    look: [],
    decisions: [
      {
        id: 'where',
        do: 'Does it fail from everywhere?',
        next: [
          {
            when: 'from one location alone',
            do: 'It is the way from there: name resolution, proxy, firewall, the provider. Users behind it are cut off all the same.',
          },
          {
            when: 'nowhere, when you try it by hand',
            do: 'Look at the check: its credentials, its test data, what it expects. Until it is mended the budget is spent by mistake: say so in the incident.',
          },
          { when: 'from everywhere', step: 'change' },
        ],
      },
    ],
  };
}

/** Tries the check here and now. */
export function tryIt(check: string): Step {
  return {
    do: 'Try it from where you are.',
    run: { in: 'check', text: check },
    expect: 'It passes. If it fails, it says in which phase, what it expected and what it got.',
  };
}

/** Why runs of a check do not arrive. */
export function runsMissing(check: string): Decision {
  return {
    id: 'source',
    do: `Does anybody run ${check}?`,
    run: { in: 'command', text: 'kubectl get cronjobs,jobs --all-namespaces | grep probe' },
    expect: 'A CronJob that is not suspended, and Jobs that completed within the last minutes.',
    next: [
      {
        when: 'there is no CronJob, or it is suspended',
        do: 'Apply the generated one again, or have the collector run its checks.',
      },
      {
        when: 'Jobs are there and fail to start',
        do: 'Image, secret or quota: the events of the Job say which.',
      },
      {
        when: 'Jobs complete, and nothing arrives',
        do: 'The results are refused: the log of a Job says what the collector answered. A token that ran out is the usual reason.',
      },
    ],
  };
}
