// The sentences under the board: what is wrong with the shop, what the collector will do about it, and when.
import type { InstanceView } from '../../collector/view.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import { formatDuration } from '../../slo/duration.ts';
import { span } from '../figures.ts';
import { times } from './board.ts';
import type { Outlook, Prospect } from './outlook.ts';
import { FAULTS, type Scene, stateOf } from './scene.ts';
import type { Fault } from './shop-traffic.ts';

/** How long a page is kept after its cause is gone, in seconds, by SLO. */
export type KeepFiring = (slo: string) => number;

/** @param keys whether keys are heard, which then are named */
export function story(
  { at, budgets, faults }: Scene,
  outlook: Outlook,
  keepFiring: KeepFiring,
  keys: boolean,
): readonly string[] {
  const told = [...faults].flatMap(([fault, since]) => {
    const hurt = budgets.find(({ instance }) => instance === FAULTS[fault].slo);
    return hurt === undefined ? [] : faultStory(at, fault, since, hurt, outlook);
  });
  if (told.length > 0) return told;
  const clearing = budgets.find((view) => stateOf(view) === 'clearing');
  const firing = budgets.find((view) => stateOf(view) === 'page');
  if (firing !== undefined)
    return [
      `The shop works again. The page of ${firing.slo} holds until its short window forgets the fault.`,
    ];
  if (clearing !== undefined)
    return [
      `The budget of ${clearing.slo} no longer burns. Its page is kept for ${formatDuration(keepFiring(clearing.slo))}, so that it does not flap.`,
    ];
  return [
    `The shop works; a few errors are what its budgets are for.${keys ? ' Break it with a key, and watch.' : ''}`,
  ];
}

function faultStory(
  at: EpochSeconds,
  fault: Fault,
  since: EpochSeconds,
  hurt: InstanceView,
  outlook: Outlook,
): readonly string[] {
  const begun = `${FAULTS[fault].does} since ${span(at - since)}.`;
  const page = hurt.alerts.find(({ severity, phase }) => severity === 'page' && phase === 'firing');
  if (page !== undefined) return [`${begun} Somebody was paged; r repairs it.`];
  const prospect = outlook.prospect(hurt);
  return prospect === undefined ? [begun] : [begun, prospectStory(hurt, prospect)];
}

/** `A page follows when 1h burns above 14.4×: 9.8× so far, about 17 s to go.` */
function prospectStory(hurt: InstanceView, prospect: Prospect): string {
  const { condition, windowSeconds, burnRate, seconds } = prospect;
  const when = seconds === undefined ? '' : `, about ${span(Math.ceil(seconds))} to go`;
  return (
    `${hurt.slo} pages when ${formatDuration(windowSeconds)} burns above ` +
    `${times(condition.burnRateThreshold)}: ${times(burnRate)} so far${when}.`
  );
}
