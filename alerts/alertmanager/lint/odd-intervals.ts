// Time intervals that hold at other times than their author thinks.
import { listField, placeOf } from '../read/source.ts';
import type { LintSubject } from './lint-subject.ts';

export function findOddIntervals({ configuration, file, findings }: LintSubject): void {
  const intervals = [
    ...listField(file, 'mute_time_intervals'),
    ...listField(file, 'time_intervals'),
  ];
  for (const interval of intervals) {
    for (const spec of listField(interval, 'time_intervals')) {
      if (spec?.values.get('location') !== 'Local') continue;
      findings.warning(
        'local-zone',
        placeOf(spec, 'location'),
        'the zone Local is that of the host, so the same file holds at other times on another host',
        'Name the zone, such as Europe/Berlin.',
        'Local',
      );
    }
  }
  for (const { name, position, specs } of configuration.timeIntervals) {
    if (specs.length === 0) {
      findings.warning(
        'empty-time-interval',
        position,
        `the time interval "${name}" has no times, so it never holds`,
        'Add time_intervals.',
        name,
      );
    }
    const months = specs.flatMap((spec) => spec.months ?? []);
    if (months.some(({ begin, end }) => begin < 1 || end > 12)) {
      findings.warning(
        'month-out-of-range',
        position,
        `the time interval "${name}" names a month that no year has`,
        'Write months from 1 to 12.',
        name,
      );
    }
  }
}
