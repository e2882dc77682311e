// The budgets as lines of text: one for each, with a bar for what is left of it.
import type { InstanceView } from '../../collector/view.ts';
import { formatDuration } from '../../slo/duration.ts';
import { percent } from '../figures.ts';
import { type Column, formatTable } from '../table.ts';
import type { Colour } from '../terminal.ts';
import { type BudgetState, nearest, stateOf } from './scene.ts';

export type Paint = (colour: Colour, text: string) => string;

/** Columns below which the less telling columns give way. */
const ROOMY = 92;
const NARROW = 74;

const COLOURS: Readonly<Record<BudgetState, Colour>> = {
  page: 'red',
  ticket: 'yellow',
  clearing: 'yellow',
  'no data': 'yellow',
  spent: 'red',
  burning: 'yellow',
  ok: 'green',
};

/** A heading and a line for each budget, none longer than `width` where that is 60 or more. */
export function formatBoard(
  budgets: readonly InstanceView[],
  width: number,
  paint: Paint,
): string[] {
  const barWidth = width >= ROOMY ? 20 : width >= NARROW ? 10 : 4;
  const columns: Column<InstanceView>[] = [
    { title: 'SLO', value: nameOf },
    ...(width >= ROOMY
      ? [{ title: 'GOAL', value: goalOf, align: 'right' } satisfies Column<InstanceView>]
      : []),
    ...(width >= NARROW
      ? [{ title: 'SLI', value: sliOf, align: 'right' } satisfies Column<InstanceView>]
      : []),
    {
      title: 'BUDGET LEFT'.slice(0, barWidth + 7),
      value: (view) => `${bar(view.budgetRemaining, barWidth)} ${leftOf(view).padStart(6)}`,
      paint: (text, view) => paint(colourOfBudget(view), text),
    },
    { title: 'BURN / PAGE AT', value: (view) => burnOf(view, 5) },
    {
      title: 'STATE',
      value: (view) => stateText(stateOf(view)),
      paint: (text, view) => paint(COLOURS[stateOf(view)], text),
    },
  ];
  const [heading = '', ...lines] = formatTable(budgets, columns, width);
  return [paint('dim', heading), ...lines];
}

/** `checkout/availability`, or `checkout/by-country DE` for a group. */
export function nameOf({ slo, group }: InstanceView): string {
  return [slo, ...Object.values(group)].join(' ');
}

/** What is left of a budget, as text: `61.3%`. */
export function leftOf({ budgetRemaining }: InstanceView): string {
  return budgetRemaining === null ? '–' : `${(budgetRemaining * 100).toFixed(1)}%`;
}

/** The burn rate of the window that decides, and the one that pages: `1h 9.8× / 14.4×`. */
export function burnOf(view: InstanceView, width = 0): string {
  const condition = nearest(view);
  if (condition === undefined) return '–';
  const { long, longWindowSeconds, burnRateThreshold } = condition;
  const [burn, limit] = [times(long.burnRate), times(burnRateThreshold)];
  return `${formatDuration(longWindowSeconds)} ${burn.padStart(width)} / ${limit}`;
}

/** A burn rate as it is watched: `9.8×`. */
export function times(burnRate: number | null): string {
  if (burnRate === null) return '–';
  return `${burnRate.toFixed(burnRate >= 100 ? 0 : 1)}×`;
}

export function stateText(state: BudgetState): string {
  return state === 'page' ? 'PAGE' : state;
}

function goalOf({ objective }: InstanceView): string {
  return percent(objective);
}

function sliOf({ sli }: InstanceView): string {
  return percent(sli);
}

/** A bar that is full up to the share; outside 0…1 it is empty or full. */
export function bar(share: number | null, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share ?? 0)) * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}

function colourOfBudget({ budgetRemaining }: InstanceView): Colour {
  const left = budgetRemaining ?? 0;
  return left <= 0 ? 'red' : left < 0.3 ? 'yellow' : 'green';
}
