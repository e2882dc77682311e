// Who is called, and who comes next when nobody answers or nothing helps.
import { type Block, bullets } from '../../formats/page.ts';
import type { Severity } from '../../slo/burn-policy.ts';
import { formatDuration } from '../../slo/duration.ts';
import type { Slo } from '../../slo/slo.ts';
import { NEXT_LEVEL_SECONDS } from '../read-context.ts';
import type { EscalationLevel } from '../runbook.ts';
import type { RunbookWorkspace } from '../workspace.ts';

/** The service's team, and whoever stands behind it. */
export function defaultEscalation({ service: { team } }: Slo): readonly EscalationLevel[] {
  const next = `the next level of the team ${team}`;
  return [
    { to: team, isTeam: true, afterSeconds: 0 },
    { to: next, isTeam: false, afterSeconds: NEXT_LEVEL_SECONDS },
  ];
}

/** The levels as a list, with the ways in which a team is reached. */
export function escalation(
  levels: readonly EscalationLevel[],
  severity: Severity,
  { teams }: RunbookWorkspace,
): Block {
  const who = ({ to, isTeam }: EscalationLevel): string => {
    if (!isTeam) return to;
    const ways = teams.find(({ name }) => name === to)?.[severity] ?? [];
    return ways.length === 0 ? `the team ${to}` : `the team ${to} (${ways.join(', ')})`;
  };
  return bullets(
    levels.map((level) => [
      {
        strong:
          level.afterSeconds === 0 ? 'At once:' : `After ${formatDuration(level.afterSeconds)}:`,
      },
      ` ${who(level)}`,
    ]),
  );
}
