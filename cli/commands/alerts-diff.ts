// ninefold alerts diff: which alerts a changed Alertmanager configuration treats differently, and which incidents it leaves behind.
import { readAlertList } from '../../alerts/alertmanager/alert-list.ts';
import type { DeliveryChange } from '../../alerts/alertmanager/delivery-change.ts';
import { compareConfigurations } from '../../alerts/alertmanager/difference.ts';
import { needConfiguration, needData, targetOf } from '../alertmanager/alertmanager-file.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';

export interface AlertsDiffOptions {
  readonly alerts?: string | undefined;
  readonly target?: string | undefined;
  readonly from?: string | undefined;
  readonly json?: true | undefined;
}

export async function alertsDiff(
  terminal: Terminal,
  before: string,
  after: string,
  options: AlertsDiffOptions,
): Promise<ExitCode> {
  const target = targetOf(options.target);
  const previousTarget = options.from === undefined ? target : targetOf(options.from);
  const old = await needConfiguration(terminal, before, previousTarget);
  const recent = await needConfiguration(terminal, after, target);
  const alerts =
    options.alerts === undefined
      ? undefined
      : (await needData(terminal, options.alerts, readAlertList)).alerts;
  const difference = compareConfigurations(old, recent, {
    target,
    previousTarget,
    alerts,
    nowMs: Date.now(),
  });
  const { changes, orphans, inhibitRules } = difference;
  const rules = inhibitRules.added.length + inhibitRules.removed.length;
  const count = changes.length + difference.alerts.length + orphans.length + rules;
  if (options.json === true) terminal.out(JSON.stringify(difference));
  else {
    for (const change of changes) tellChange(terminal, change, 'alerts such as');
    for (const change of difference.alerts) tellChange(terminal, change, 'the alert');
    for (const rule of inhibitRules.removed)
      terminal.out(`${terminal.paint('red', '-')} inhibits: ${rule}`);
    for (const rule of inhibitRules.added)
      terminal.out(`${terminal.paint('green', '+')} inhibits: ${rule}`);
    for (const { receiver, kind, dedupKey, alerts: open } of orphans)
      terminal.out(
        `${terminal.paint('yellow', 'left open')}: the incident ${dedupKey.slice(0, 12)}… of ${receiver} (${kind}) for ${open.length} alerts: after the change nobody resolves it. Close it by hand, or load the file when it is over.`,
      );
    terminal.out(
      count === 0
        ? `Nothing changes for any of ${difference.explored.kinds} kinds of alerts.`
        : `${changes.length} of ${difference.explored.kinds} kinds of alerts are treated differently; ${orphans.length} incidents are left open.`,
    );
    if (!difference.explored.complete)
      terminal.err(
        'There are more kinds of alerts than were looked at: the list may not be whole.',
      );
  }
  return count > 0 ? EXIT_CODES.findings.code : EXIT_CODES.ok.code;
}

function tellChange(terminal: Terminal, change: DeliveryChange, what: string): void {
  terminal.out(`${what} ${terminal.paint('bold', JSON.stringify(change.labels))}`);
  const line = (about: string, before: string, after: string): void =>
    terminal.out(
      `  ${about}: ${terminal.paint('red', before)} → ${terminal.paint('green', after)}`,
    );
  if (change.receivers !== undefined)
    line('receivers', change.receivers.before.join(', '), change.receivers.after.join(', '));
  for (const { receiver, before, after } of change.groupKeys)
    line(`group key of ${receiver}`, before, after);
  for (const { receiver, timer, before, after } of change.timing)
    line(`${timer.replace(/Ms$/, '')} of ${receiver}`, `${before / 1000}s`, `${after / 1000}s`);
  for (const { receiver, before, after } of change.silence)
    line(`silent times of ${receiver}`, before.join(', ') || 'none', after.join(', ') || 'none');
  for (const { receiver, kind } of change.orphans)
    terminal.out(
      `  ${terminal.paint('yellow', 'would be left open')}: its incident at ${receiver} (${kind}), should it fire when the file is loaded`,
    );
}
