// Scenarios that every SLO's rules are tested with: what happens in steps of half a minute.
import { calendarPeriod } from '../../slo/calendar.ts';
import type { CalendarWindow } from '../../slo/window.ts';
import { TILE_SECONDS } from './tile.ts';

/** What was counted since the step before; `undefined`: the scrape failed and the series ended. */
export type Step = StepCounts | undefined;

interface StepCounts {
  readonly total: number;
  readonly bad: number;
  /** The series ended, and what is counted was before. */
  readonly ended?: boolean;
}

export interface Scenario {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Epoch seconds at which it begins. @default 0 */
  readonly start?: number;
  /** The step at which the process restarts and its counters begin at nought. */
  readonly restartAt?: number;
  /** The step whose evaluation is the last before a calendar period begins. */
  readonly edgeAt?: number;
  /** Whether the series of bad events exists before the first of them. */
  readonly bornLate?: boolean;
}

const MINUTE = 60 / TILE_SECONDS;

/** Of a step. */
const EVENTS = 1000;

/** In the order in which they are written. */
export const SCENARIOS: readonly Scenario[] = [
  { name: 'a total outage of ten minutes', steps: outage(1) },
  { name: 'an outage of one request in ten', steps: outage(0.1) },
  { name: 'an outage of 1.5 %', steps: outage(0.015) },
  {
    name: 'one failure among seven requests wakes nobody',
    steps: [
      ...repeated(30 * MINUTE, (step) => ({ total: step % (5 * MINUTE) === 0 ? 1 : 0, bad: 0 })),
      { total: 1, bad: 1 },
      ...steady(10),
    ],
  },
  {
    name: 'silence is no failure, and traffic after it is judged as before',
    steps: [...steady(10), ...repeated(20 * MINUTE, () => ({ total: 0, bad: 0 })), ...steady(10)],
  },
  {
    name: 'a restart counts nothing twice',
    steps: steady(20),
    restartAt: 10 * MINUTE,
  },
  {
    name: 'an error series born with its first errors',
    steps: outage(0.5),
    bornLate: true,
  },
  {
    name: 'data that are missing neither fire nor resolve a page',
    steps: [...steady(10), ...failing(5, 1), ...repeated(20 * MINUTE, (): Step => undefined)],
  },
];

/** Half an hour of traffic over the end of a period, in the spring of 2027 or later: clocks have just changed in most zones. */
export function calendarEdge(window: CalendarWindow): Scenario {
  const { end } = calendarPeriod(window, Date.UTC(2027, 2, 28, 12) / 1000);
  const edgeAt = 15 * MINUTE;
  return {
    name: `a ${window.unit} ends and another begins`,
    steps: steady(30),
    start: end - edgeAt * TILE_SECONDS,
    edgeAt,
  };
}

function outage(share: number): readonly Step[] {
  return [...steady(10), ...failing(10, share), ...steady(40)];
}

function steady(minutes: number): readonly Step[] {
  return failing(minutes, 0);
}

function failing(minutes: number, share: number): readonly Step[] {
  return repeated(minutes * MINUTE, () => ({ total: EVENTS, bad: Math.round(EVENTS * share) }));
}

function repeated(count: number, step: (index: number) => Step): readonly Step[] {
  return Array.from({ length: count }, (_, index) => step(index));
}
