// A group of checks as systemd runs it: a timer, and a service that may do little else than try them.
import type { ProbeSettings } from '../../slo/connection.ts';
import type { JobGroup } from './job-group.ts';

export interface SystemdUnits {
  readonly service: string;
  readonly timer: string;
}

/** Where the definitions are to be put, `<group>.checks.json`, and `probe.env` with NINEFOLD_TOKEN and the checks' variables. */
const FOLDER = '/etc/ninefold';

export function systemdUnits(group: JobGroup, { pushUrl }: ProbeSettings['jobs']): SystemdUnits {
  const { name, location, deadlineSeconds } = group;
  const place = location === '' ? '' : ` --location ${location}`;
  return {
    service: unit({
      Unit: [
        `Description=Checks of ${name}`,
        'Wants=network-online.target',
        'After=network-online.target',
      ],
      Service: [
        'Type=oneshot',
        `ExecStart=/usr/bin/env ninefold probe ${FOLDER}/${name}.checks.json${place} --push ${escaped(pushUrl)} --accept-failures --json`,
        `EnvironmentFile=${FOLDER}/probe.env`,
        `TimeoutStartSec=${deadlineSeconds}`,
        'DynamicUser=yes',
        'NoNewPrivileges=yes',
        'ProtectSystem=strict',
        'ProtectHome=yes',
        'PrivateTmp=yes',
        'PrivateDevices=yes',
        'ProtectKernelTunables=yes',
        'ProtectControlGroups=yes',
        'RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK',
        'CapabilityBoundingSet=',
        'MemoryMax=256M',
      ],
    }),
    timer: unit({
      Unit: [`Description=When the checks of ${name} run`],
      Timer: [
        `OnCalendar=${calendar(group)}`,
        `RandomizedDelaySec=${Math.min(20, Math.floor(group.periodSeconds / 10))}`,
        'FixedRandomDelay=yes',
        'AccuracySec=1s',
        `Unit=${name}.service`,
      ],
      Install: ['WantedBy=timers.target'],
    }),
  };
}

function unit(sections: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(sections)
    .map(([section, lines]) => `[${section}]\n${lines.join('\n')}\n`)
    .join('\n');
}

/** In a unit `%` begins a specifier, and `$` a variable. */
function escaped(text: string): string {
  return text.replaceAll('%', '%%').replaceAll('$', '$$$$');
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** The moments of the cron schedule as systemd writes them. */
function calendar({ cron }: JobGroup): string {
  const [minute = '', hour = '', , , day = ''] = cron.split(' ');
  const weekday = day === '*' ? '' : `${DAYS[Number(day)] ?? ''} `;
  return `${weekday}*-*-* ${field(hour)}:${field(minute)}:00 UTC`;
}

/** `2-59/5` is `2/5` there. */
function field(text: string): string {
  return text.replace(/-\d+\//, '/');
}
