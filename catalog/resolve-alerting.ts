// Checks teams and routing of a workspace, by themselves and against its services.
import { resolveRouting } from '../alerts/resolve-routing.ts';
import { resolveTeam } from '../alerts/resolve-team.ts';
import type { Routing } from '../alerts/routing.ts';
import type { Team } from '../alerts/team.ts';
import { type Diagnostic, printValue } from '../slo/diagnostic.ts';
import { didYouMean } from '../slo/nearest-name.ts';
import { canonicalJson } from '../slo/plain-data.ts';
import type { Service } from '../slo/service.ts';
import type { Origin } from './catalog.ts';
import type { FoundDefinition } from './load-files.ts';
import { duplicate, reportIn } from './report-in.ts';

export interface Alerting {
  readonly teams: readonly Team[];
  readonly routing: Routing | undefined;
  readonly origins: readonly (readonly [string, Origin])[];
}

/** Every team once, however often it is passed on; at most one routing. */
export function resolveAlerting(
  found: readonly FoundDefinition[],
  services: readonly Service[],
  diagnostics: Diagnostic[],
): Alerting {
  const teams = new Map<string, { readonly team: Team; readonly origin: Origin }>();
  let routing: { readonly routing: Routing; readonly origin: Origin } | undefined;
  for (const { file, path, value } of distinct(found)) {
    const report = reportIn(file, diagnostics);
    const origin = { file, path };
    if (value.kind === 'team') {
      const { value: team, diagnostics: problems } = resolveTeam(value, path);
      for (const problem of problems) report(problem);
      if (team === undefined) continue;
      const other = teams.get(team.name);
      if (other === undefined) teams.set(team.name, { team, origin });
      else report(duplicate('team', team.name, `${path}.name`, other.origin));
    } else {
      const { value: read, diagnostics: problems } = resolveRouting(value, path);
      for (const problem of problems) report(problem);
      if (read === undefined) continue;
      if (routing === undefined) routing = { routing: read, origin };
      else report(duplicate('routing', path, path, routing.origin));
    }
  }
  tellUnknownTeams(services, [...teams.keys()], diagnostics);
  return {
    teams: [...teams.values()].map(({ team }) => team),
    routing: routing?.routing,
    origins: [
      ...[...teams].map(([name, { origin }]) => [`team ${name}`, origin] as const),
      ...(routing === undefined ? [] : [['routing', routing.origin] as const]),
    ],
  };
}

function distinct(found: readonly FoundDefinition[]): readonly FoundDefinition[] {
  const seen = new Set<string>();
  return found.filter(({ value }) => {
    if (value.kind !== 'team' && value.kind !== 'routing') return false;
    const text = canonicalJson(value);
    if (seen.has(text)) return false;
    seen.add(text);
    return true;
  });
}

/** A workspace without any team leaves routing to others; one with teams means to name them all. */
function tellUnknownTeams(
  services: readonly Service[],
  teams: readonly string[],
  diagnostics: Diagnostic[],
): void {
  if (teams.length === 0) return;
  for (const { name, team } of services) {
    if (teams.includes(team)) continue;
    diagnostics.push({
      code: 'unknown-team',
      severity: 'warning',
      path: `${name}.team`,
      value: printValue(team),
      message: `The service ${name} belongs to the team '${team}', which no file defines.${didYouMean(team, teams)}`,
      remedy: `Write defineTeam({ name: '${team}', page: [ … ] }) in a file that ends in .alerts.ts.`,
    });
  }
}
