// What the default runbooks of all SLI kinds have in common: where to look first, and how one knows that it is over.
import { formatDuration } from '../../slo/duration.ts';
import type { Severity } from '../../slo/burn-policy.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Decision, Step } from '../runbook.ts';

/** Reads what the collector knows of the SLO. */
export function explainStep({ id }: Slo): Step {
  return {
    do: 'Read what burns, how fast, and on how many events that rests.',
    run: { in: 'command', text: `npx ninefold explain ${id}` },
    expect:
      'The pair of windows that fired, the burn rate of every window, what is left of the budget, and when it runs out at this rate.',
  };
}

/** A query whose value is to be below the error budget again. */
export function ratioStep(todo: string, promql: string, { objective }: Slo): Step {
  return {
    do: todo,
    run: { in: 'promql', text: promql },
    expect: `Below ${percent(objective.budget.num / objective.budget.den)}, the error budget, when all is well.`,
  };
}

export const CHANGES_STEP: Step = {
  do: 'Write down what changed in the hour before it began: releases, flags, configuration, certificates, quotas, traffic.',
  expect: 'A list with times. What is nearest to the beginning is the first suspect.',
};

/** From “something changed” to “something else fails”. The id `change` begins it. */
export const CHANGE_DECISIONS: readonly Decision[] = [
  {
    id: 'change',
    do: 'Did something change shortly before it began?',
    next: [
      {
        when: 'a release, a flag or a configuration',
        do: 'Take it back first and understand it afterwards. Then verify.',
      },
      { when: 'much more traffic than usual', step: 'load' },
      { when: 'nothing that anybody knows of', step: 'dependency' },
    ],
  },
  {
    id: 'load',
    do: 'Is it more than the service can carry?',
    next: [
      {
        when: 'CPU, memory, connections or a queue are at their limit',
        do: 'Raise the limit that is reached first (replicas, pool, quota). When that takes long, shed what matters least.',
      },
      { when: 'nothing is at its limit', step: 'dependency' },
    ],
  },
  {
    id: 'dependency',
    do: 'Do the services that it needs keep their objectives?',
    run: { in: 'command', text: 'npx ninefold status' },
    expect: 'Every SLO of the workspace with what is left of its budget; what burns is marked.',
    next: [
      {
        when: 'one of them burns, too',
        do: 'Follow its runbook, and tell its team that you are affected. Mitigate here meanwhile: time-outs, a fallback, a cached answer.',
      },
      {
        when: 'none of them does',
        do: 'Call the next level: two people find more than one. Keep a list of what was tried.',
      },
    ],
  },
];

/** How one knows that it is over. */
export function verification(
  slo: Slo,
  ratio: Step | undefined,
  severity: Severity,
): readonly Step[] {
  const keep = slo.burnPolicy.keepFiring[severity];
  return [
    ...(ratio === undefined ? [] : [ratio]),
    {
      do: 'See the short windows clear, and the alert end.',
      run: { in: 'command', text: `npx ninefold explain ${slo.id}` },
      expect:
        keep === 0
          ? 'No pair holds. The alert ends at once.'
          : `No pair holds. The alert stays for ${formatDuration(keep)} more, so that it does not come and go.`,
    },
  ];
}

export const ROLL_BACK: readonly Step[] = [
  {
    do: 'Once the burn rate has been below 1 for an hour, take back what you did to mitigate, one thing at a time and in the opposite order: drained instances, raised limits, switched-off features, silences.',
    expect: 'The error ratio stays where it is after each of them.',
  },
];

/** A ratio for people: '0.05 %'. */
export function percent(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(4))} %`;
}
