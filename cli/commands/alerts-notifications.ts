// ninefold alerts notifications: every notification that Alertmanager would send for a list of alerts.
import { readAlertList } from '../../alerts/alertmanager/alert-list.ts';
import type { Notification } from '../../alerts/alertmanager/notification.ts';
import { replayNotifications } from '../../alerts/alertmanager/notifications.ts';
import {
  needConfiguration,
  needData,
  targetOf,
  zoneOf,
} from '../alertmanager/alertmanager-file.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { formatTable } from '../table.ts';
import type { Terminal } from '../terminal.ts';

export interface AlertsNotificationsOptions {
  readonly alerts: string;
  readonly target?: string | undefined;
  readonly zone?: string | undefined;
  readonly json?: true | undefined;
}

export async function alertsNotifications(
  terminal: Terminal,
  file: string,
  options: AlertsNotificationsOptions,
): Promise<ExitCode> {
  const target = targetOf(options.target);
  const localZone = zoneOf(options.zone);
  const configuration = await needConfiguration(terminal, file, target);
  const { alerts } = await needData(terminal, options.alerts, readAlertList);
  const { notifications, untilMs, stoppedAtMs } = replayNotifications(configuration, alerts, {
    target,
    localZone,
  });
  if (options.json === true)
    terminal.out(
      JSON.stringify({
        notifications: notifications.map(timesAsText),
        until: instant(untilMs),
        ...(stoppedAtMs === undefined ? {} : { stoppedAt: instant(stoppedAtMs) }),
      }),
    );
  else {
    for (const line of formatTable(notifications, COLUMNS, terminal.columns)) terminal.out(line);
    terminal.out(`${notifications.length} notifications until ${instant(untilMs)}.`);
  }
  if (stoppedAtMs !== undefined)
    terminal.err(`Stopped at ${instant(stoppedAtMs)}: give fewer alerts, or of a shorter time.`);
  return stoppedAtMs === undefined ? EXIT_CODES.ok.code : EXIT_CODES.findings.code;
}

const instant = (ms: number): string => new Date(ms).toISOString();

function timesAsText({ atMs, alerts, ...rest }: Notification) {
  return {
    at: instant(atMs),
    ...rest,
    alerts: alerts.map(({ startsAtMs, endsAtMs, ...alert }) => ({
      ...alert,
      startsAt: instant(startsAtMs),
      ...(endsAtMs === undefined ? {} : { endsAt: instant(endsAtMs) }),
    })),
  };
}

const COLUMNS = [
  { title: 'AT', value: ({ atMs }: Notification) => instant(atMs).replace('.000Z', 'Z') },
  {
    title: 'RECEIVER',
    value: ({ receiver, integration }: Notification) => `${receiver} (${integration.kind})`,
  },
  { title: 'STATUS', value: ({ status }: Notification) => status },
  { title: 'WHY', value: ({ reason }: Notification) => reason },
  { title: 'ALERTS', value: ({ alerts }: Notification) => String(alerts.length), align: 'right' },
  { title: 'GROUP', value: ({ groupKey }: Notification) => groupKey },
] as const;
