// Alerts that nobody hears of, and pages whose end nobody hears of.
import { placeOf } from '../read/source.ts';
import { pagersOf, receiverNamed, routePlace } from './lint-subject.ts';
import type { LintSubject } from './lint-subject.ts';

/** Names that say that silence is meant. */
const MEANT_TO_BE_SILENT =
  /null|black.?hole|none|nobody|drop|dummy|devnull|silen|ignore|discard|trash|void|no.?op/i;

export function findUnheardAlerts(subject: LintSubject): void {
  for (const each of subject.routes) {
    if (each.route.receiver === undefined) continue;
    const receiver = receiverNamed(subject, each.receiver);
    if (receiver === undefined || receiver.integrations.length > 0) continue;
    if (MEANT_TO_BE_SILENT.test(receiver.name)) continue;
    subject.findings.warning(
      'unheard-alerts',
      routePlace(each, 'receiver'),
      `the receiver "${receiver.name}" has no integrations, so alerts of this route reach nobody`,
      'Add an integration; or, if silence is meant, call the receiver "null".',
      receiver.name,
    );
  }
}

export function findUnresolvedPages({ configuration, findings }: LintSubject): void {
  for (const receiver of configuration.receivers) {
    for (const { kind, sendResolved, position } of pagersOf(receiver)) {
      if (sendResolved) continue;
      findings.warning(
        'unresolved-pages',
        position,
        `${kind} of the receiver "${receiver.name}" is not told when alerts end (send_resolved: false), so its incidents stay open`,
        'Remove send_resolved: false.',
      );
    }
  }
}

/** Entries of lists that say nothing; Alertmanager takes them for empty ones. */
export function findNullEntries({ file, findings }: LintSubject): void {
  for (const field of ['inhibit_rules', 'receivers', 'time_intervals', 'mute_time_intervals']) {
    const list = file.values.get(field);
    if (!Array.isArray(list) || !list.includes(undefined)) continue;
    findings.warning(
      'null-entry',
      placeOf(file, field),
      `an entry of ${field} is empty`,
      'Fill the entry, or remove its dash.',
    );
  }
}

export function findIgnoredDocuments({ ignoredFrom, findings }: LintSubject): void {
  if (ignoredFrom === undefined) return;
  findings.warning(
    'ignored-document',
    ignoredFrom,
    'Alertmanager reads only the first document of the file; what stands from here on has no effect',
    'Remove the --- and merge the documents.',
  );
}
