// Receivers and time intervals that are defined and never named.
import { textsField } from '../read/source.ts';
import type { LintSubject } from './lint-subject.ts';

export function findUnusedNames({ configuration, routes, findings }: LintSubject): void {
  const receivers = new Set(routes.map(({ receiver }) => receiver));
  for (const { route } of routes) if (route.receiver !== undefined) receivers.add(route.receiver);
  for (const { name, position } of configuration.receivers) {
    if (receivers.has(name)) continue;
    findings.warning(
      'unused-receiver',
      position,
      `no route leads to the receiver "${name}"`,
      'Remove it, or name it in a route.',
      name,
    );
  }
  const intervals = new Set(
    routes.flatMap(({ source }) =>
      ['mute_time_intervals', 'active_time_intervals'].flatMap((field) =>
        textsField(source, field).map(({ text }) => text),
      ),
    ),
  );
  for (const { name, position } of configuration.timeIntervals) {
    if (intervals.has(name)) continue;
    findings.warning(
      'unused-time-interval',
      position,
      `no route uses the time interval "${name}"`,
      'Remove it, or name it in a route.',
      name,
    );
  }
}
