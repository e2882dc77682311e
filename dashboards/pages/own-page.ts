// A dashboard of a user's own, with the panels of the SLOs that it names in place.
import type { Slo } from '../../slo/slo.ts';
import type { Dashboard, Row } from '../dashboard.ts';
import { type Site, sourceExceptions, sourceVariables } from './series-source.ts';
import { sloPanels, sloRowTitle } from './slo-panels.ts';

/** The page of such a dashboard; a row whose SLO is not known stays as it is. */
export function ownPage(
  dashboard: Dashboard,
  slos: readonly Slo[],
  site: Site,
): { readonly dashboard: Dashboard; readonly sources: readonly string[] } {
  const byId = new Map(slos.map((slo) => [slo.id, slo]));
  const named = dashboard.rows.flatMap(({ slo }) => byId.get(slo ?? '') ?? []);
  if (named.length === 0) return { dashboard, sources: [] };
  const rows = dashboard.rows.map((row): Row => {
    const slo = byId.get(row.slo ?? '');
    if (slo === undefined) return row;
    const title = `${slo.service.name} / ${sloRowTitle(slo)}`;
    return { title, collapsed: row.collapsed, panels: sloPanels(slo, site) };
  });
  const sets = named.map((slo) => [slo]);
  return {
    dashboard: {
      ...dashboard,
      rows,
      variables: withVariables(dashboard, sets, site),
      exceptions: [...dashboard.exceptions, ...newExceptions(dashboard, sets, site)],
    },
    sources: named.map(({ id }) => id).toSorted(),
  };
}

/** Prometheus comes first, because linters look at the first one; what the user names wins. */
function withVariables(
  { variables }: Dashboard,
  sets: readonly (readonly Slo[])[],
  site: Site,
): Dashboard['variables'] {
  const names = new Set(variables.flatMap((each) => (each.kind === 'datasource' ? [] : each.name)));
  const needed = sourceVariables(sets, site).filter(({ name }) => !names.has(name));
  const prometheus = { kind: 'datasource' as const, telemetry: 'prometheus' as const };
  const others = [...variables, ...needed].filter(
    (each) => !(each.kind === 'datasource' && each.telemetry === 'prometheus'),
  );
  return [prometheus, ...others];
}

function newExceptions(
  { exceptions, variables }: Dashboard,
  sets: readonly (readonly Slo[])[],
  site: Site,
): Dashboard['exceptions'] {
  const kept = variables.flatMap((each) =>
    each.kind === 'datasource' ? [] : `template-${each.name}-rule`,
  );
  const known = new Set([...exceptions.map(({ rule }) => rule), ...kept]);
  return sourceExceptions(sets, site).filter(({ rule }) => !known.has(rule));
}
