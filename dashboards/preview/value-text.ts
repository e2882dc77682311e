// Values as people read them, by unit: percent, times in their largest unit, whole counts.
import type { Panel } from '../panel.ts';
import type { Shade } from '../shade.ts';
import type { Unit } from '../unit.ts';

/** How a value is told; a moment needs to know what time it is. */
export interface ValueStyle {
  readonly unit: Unit;
  /** @default as many as the unit wants */
  readonly decimals?: number | undefined;
  /** Epoch seconds. */
  readonly now: number;
}

const TEXTS: Readonly<Record<Unit, (value: number, style: ValueStyle) => string>> = {
  ratio: (value, { decimals }) => `${fixed(value * 100, decimals, 2)}%`,
  seconds: (value, { decimals }) => seconds(value, decimals),
  moment: (value, { now }) => {
    const distance = value / 1000 - now;
    const text = seconds(Math.abs(distance), undefined);
    return distance >= 0 ? `in ${text}` : `${text} ago`;
  },
  date: (value) => dateText(value),
  count: (value, { decimals }) => fixed(value, decimals, Math.abs(value) < 100 ? 2 : 0),
  'events per second': (value, { decimals }) => `${significant(value, decimals)}/s`,
  'requests per second': (value, { decimals }) => `${significant(value, decimals)} req/s`,
  bytes: (value, { decimals }) => bytes(value, decimals),
  'bytes per second': (value, { decimals }) => `${bytes(value, decimals)}/s`,
  multiple: (value, { decimals }) => significant(value, decimals),
  state: (value) => significant(value, undefined),
};

/** The text of a value; of one that is no number, what it is instead. */
export function valueText(value: number, style: ValueStyle): string {
  if (Number.isNaN(value)) return 'not a number';
  if (!Number.isFinite(value)) return value > 0 ? 'endless' : '−endless';
  return TEXTS[style.unit](value, style).replace(/^-/, '−');
}

/** Word or text of a value in a panel, and its shade. */
export function toldValue(
  value: number,
  { states, levels }: Pick<Panel, 'states' | 'levels'>,
  style: ValueStyle,
): { readonly text: string; readonly shade: Shade } {
  const state = states.find((each) => each.value === value);
  if (state !== undefined) return { text: state.word, shade: state.shade };
  const level = levels.findLast(({ from }) => from === null || value >= from);
  return { text: valueText(value, style), shade: level?.shade ?? 'neutral' };
}

/** Days that no calendar has are just far away. */
function dateText(value: number): string {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return 'never';
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** With as many decimals as said, or as many as say something. */
function fixed(value: number, decimals: number | undefined, most: number): string {
  return value.toLocaleString('en', {
    minimumFractionDigits: decimals ?? 0,
    maximumFractionDigits: decimals ?? most,
  });
}

function significant(value: number, decimals: number | undefined): string {
  if (decimals !== undefined) return fixed(value, decimals, decimals);
  if (Math.abs(value) >= 1000) return fixed(value, undefined, 0);
  return value.toLocaleString('en', { maximumSignificantDigits: 3 });
}

const TIMES = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
  [0.001, 'ms'],
  [0, 'µs'],
] as const;

function seconds(value: number, decimals: number | undefined): string {
  if (value === 0) return '0 s';
  const [size, name] = TIMES.find(([least]) => Math.abs(value) >= least) ?? TIMES[5];
  return `${significant(value / (size === 0 ? 1e-6 : size), decimals)} ${name}`;
}

function bytes(value: number, decimals: number | undefined): string {
  const names = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  const power = value === 0 ? 0 : Math.floor(Math.log2(Math.abs(value)) / 10);
  const index = Math.min(names.length - 1, Math.max(0, power));
  return `${significant(value / 1024 ** index, decimals)} ${names[index] ?? ''}`;
}
