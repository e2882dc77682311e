// ninefold alerts route: what becomes of one alert in an Alertmanager configuration, and why.
import { type FiringAlert, readFiringAlerts } from '../../alerts/alertmanager/alert-list.ts';
import type { LabelSet } from '../../alerts/alertmanager/label-set.ts';
import { parseInstant } from '../../alerts/alertmanager/instant.ts';
import {
  createRouteDecisions,
  type DecidedRoute,
  type RouteDecision,
} from '../../alerts/alertmanager/route-decision.ts';
import { formatDuration } from '../../slo/duration.ts';
import {
  needConfiguration,
  needData,
  targetOf,
  zoneOf,
} from '../alertmanager/alertmanager-file.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { CommandFailure } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

export interface AlertsRouteOptions {
  readonly label: readonly string[];
  readonly at?: string | undefined;
  readonly firing?: string | undefined;
  readonly target?: string | undefined;
  readonly zone?: string | undefined;
  readonly json?: true | undefined;
}

export async function alertsRoute(
  terminal: Terminal,
  file: string,
  options: AlertsRouteOptions,
): Promise<ExitCode> {
  const target = targetOf(options.target);
  const localZone = zoneOf(options.zone);
  const labels = labelsOf(options.label);
  const atMs = instantOf(options.at);
  const configuration = await needConfiguration(terminal, file, target);
  const others =
    options.firing === undefined
      ? []
      : (await needData(terminal, options.firing, readFiringAlerts)).alerts;
  const firing = others.filter((alert) => firesAt(alert, atMs)).map((alert) => alert.labels);
  const decide = createRouteDecisions(configuration, { target, localZone });
  const decision = decide({ labels, atMs, firing });
  if (options.json === true) terminal.out(JSON.stringify(decision));
  else for (const line of decisionLines(terminal, decision)) terminal.out(line);
  return EXIT_CODES.ok.code;
}

/** Whether it fires then; an alert without times fires always. */
function firesAt({ startsAtMs, endsAtMs }: FiringAlert, atMs: number | undefined): boolean {
  if (atMs === undefined) return true;
  return (startsAtMs ?? atMs) <= atMs && (endsAtMs === undefined || atMs < endsAtMs);
}

function labelsOf(pairs: readonly string[]): LabelSet {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1)
        throw new CommandFailure('usage', `${pair} is no label`, 'write --label severity=page');
      return [pair.slice(0, at), pair.slice(at + 1)] as const;
    }),
  );
}

function instantOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const instant = parseInstant(text);
  if (instant !== undefined) return instant;
  throw new CommandFailure(
    'usage',
    `${text} is no time with an offset or a zone`,
    'write 2026-03-29T02:30:00Z, 2026-03-29T02:30:00+02:00 or 2026-03-29T02:30[Europe/Berlin]',
  );
}

function* decisionLines(terminal: Terminal, decision: RouteDecision): Iterable<string> {
  const { routes } = decision;
  for (const route of routes) {
    const silent = route.muted || route.inhibitedBy.length > 0;
    yield `${terminal.paint(silent ? 'dim' : 'bold', route.receiver)}${silent ? ` ${terminal.paint('yellow', silence(route))}` : ''}`;
    yield `  route       ${route.path.map(({ matchers }) => matchers).join(' → ')} (line ${route.path.at(-1)?.position.line})`;
    yield `  group key   ${route.groupKey}`;
    yield `  dedup key   ${route.dedupKey}`;
    yield `  timers      ${timers(route)}`;
    for (const { ruleIndex, rule, labels } of route.inhibitedBy)
      yield `  inhibited   by ${JSON.stringify(labels)}, rule ${rule.name ?? ruleIndex + 1} (line ${rule.position.line})`;
  }
}

function silence({ muted, muteReason, mutedBy, inhibitedBy }: DecidedRoute): string {
  const reasons = [
    ...(muted ? [`muted: ${muteReason} (${mutedBy.join(', ')})`] : []),
    ...(inhibitedBy.length > 0 ? ['inhibited'] : []),
  ];
  return reasons.join(', ');
}

function timers({ groupWaitMs, groupIntervalMs, repeatIntervalMs }: DecidedRoute): string {
  const text = (ms: number): string =>
    ms % 1000 === 0 && ms > 0 ? formatDuration(ms / 1000) : `${ms / 1000}s`;
  return `first after ${text(groupWaitMs)}, changes every ${text(groupIntervalMs)}, repeated every ${text(repeatIntervalMs)}`;
}
