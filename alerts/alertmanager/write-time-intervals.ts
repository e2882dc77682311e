// Time intervals in the words that every target reads.
import type { YamlData } from '../../formats/yaml-writer.ts';
import { MONTHS, type TimeSpec, WEEKDAYS } from '../hours.ts';
import type { Range } from './configuration.ts';
import type { TreeTimeInterval } from './tree.ts';

export function writeTimeIntervals(intervals: readonly TreeTimeInterval[]): YamlData {
  return intervals.map(({ name, specs }) => ({ name, time_intervals: specs.map(specOf) }));
}

function specOf(spec: TimeSpec): YamlData {
  return {
    times: spec.times?.map(({ begin, end }) => ({
      start_time: clock(begin),
      end_time: clock(end),
    })),
    weekdays: ranges(spec.weekdays, (day) => WEEKDAYS[day] ?? ''),
    days_of_month: ranges(spec.daysOfMonth, String),
    months: ranges(spec.months, (month) => MONTHS[month - 1] ?? ''),
    years: ranges(spec.years, String),
    location: spec.location,
  };
}

function ranges(
  list: readonly Range[] | undefined,
  name: (value: number) => string,
): readonly string[] | undefined {
  return list?.map(({ begin, end }) =>
    begin === end ? name(begin) : `${name(begin)}:${name(end)}`,
  );
}

function clock(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
