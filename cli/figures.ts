// Figures as people read them: percentages, rates, spans of time.
import { formatDuration } from '../slo/duration.ts';

/** 0.99912 → '99.912%', with as many decimals as tell it apart from 100 %; '–' for null. */
export function percent(ratio: number | null, decimals = 3): string {
  if (ratio === null) return '–';
  const text = (ratio * 100).toFixed(decimals);
  // Rounded up to 100 it would hide the failures that there were.
  if (ratio < 1 && Number(text) === 100) return `${(100 - 10 ** -decimals).toFixed(decimals)}%`;
  return `${text.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '')}%`;
}

/** A burn rate with three digits: 14.4, 1000, 0.12; '–' for null. */
export function rate(value: number | null): string {
  if (value === null) return '–';
  if (value === 0 || Math.abs(value) >= 100) return value.toFixed(0);
  return String(Number(value.toPrecision(3)));
}

/** A number of events: whole when it is, else with one decimal. */
export function events(value: number): string {
  return Number.isInteger(value)
    ? value.toLocaleString('en')
    : value.toLocaleString('en', { maximumFractionDigits: 1 });
}

/** A span in its two largest units: '3d4h', '12m', 'never' for null. */
export function span(seconds: number | null): string {
  if (seconds === null) return 'never';
  const whole = Math.max(0, Math.round(seconds));
  const coarse = [86_400, 3600, 60, 1].find((unit) => whole >= unit * 2) ?? 1;
  const finer = coarse === 86_400 ? 3600 : coarse === 3600 ? 60 : 1;
  return formatDuration(whole - (whole % finer));
}

/** A moment as RFC 3339 in UTC, '–' for null. */
export function moment(epochSeconds: number | null): string {
  return epochSeconds === null
    ? '–'
    : new Date(epochSeconds * 1000).toISOString().replace('.000Z', 'Z');
}
