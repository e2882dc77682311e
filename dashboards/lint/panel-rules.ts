// Rules about panels, as dashboard-linter of Grafana's makers has them.
import * as grafanaUnits from '@grafana/grafana-foundation-sdk/units';
import type { LintedPanel } from './linted-dashboard.ts';
import { panelBreach } from './panel-breach.ts';
import type { LintRule } from './rule.ts';
import { variableIn } from './telemetry.ts';

/** What shows numbers. */
const NUMERIC = new Set(['stat', 'singlestat', 'graph', 'table', 'timeseries', 'gauge']);
/** What the rule about datasources looks at. */
const CHARTS = new Set(['singlestat', 'graph', 'table', 'timeseries']);

const VALID_UNITS: ReadonlySet<string> = new Set(
  Object.values(grafanaUnits).filter((each) => typeof each === 'string'),
);
/** Units that readers make up: `suffix:req`. */
const OWN_UNIT = /^(?:prefix|suffix|time|si|count|currency):./;

const templated: LintRule = {
  name: 'panel-datasource-rule',
  demand: 'Panels ask the datasource that the reader chose.',
  severity: 'error',
  check: ({ panels, variables }) =>
    panels
      .filter(({ type }) => CHARTS.has(type))
      .flatMap((panel) => {
        const uid = panel.datasource.uid ?? '';
        const name = variableIn(uid);
        if (variables.some((each) => each.type === 'datasource' && each.name === name)) return [];
        return [
          panelBreach(
            panel,
            `It asks the datasource '${uid}'.`,
            'Let it ask ${datasource}, a variable.',
          ),
        ];
      }),
};

const described: LintRule = {
  name: 'panel-title-description-rule',
  demand: 'Panels have a title and say what they show.',
  severity: 'error',
  check: ({ panels }) =>
    numeric(panels).flatMap((panel) => [
      ...(panel.title === '' ? [panelBreach(panel, 'It has no title.', 'Give it a title.')] : []),
      ...(panel.description === ''
        ? [
            panelBreach(
              panel,
              'It has no description.',
              'Say what it answers and where it comes from.',
            ),
          ]
        : []),
    ]),
};

const units: LintRule = {
  name: 'panel-units-rule',
  demand: 'Panels say the unit of their numbers.',
  severity: 'error',
  check: ({ panels }) =>
    numeric(panels).flatMap((panel) => {
      // Words and text fields have no unit.
      if (panel.hasMappings || (panel.type === 'stat' && panel.showsText)) return [];
      if (panel.units.length === 0)
        return [
          panelBreach(panel, 'It has no unit.', 'Set a unit, `none` if it is a plain number.'),
        ];
      return panel.units
        .filter((unit) => !VALID_UNITS.has(unit) && !OWN_UNIT.test(unit))
        .map((unit) =>
          panelBreach(panel, `Its unit '${unit}' is none of Grafana's.`, 'Set one of them.'),
        );
    }),
};

const asking: LintRule = {
  name: 'panel-no-targets-rule',
  demand: 'Panels ask something.',
  severity: 'error',
  check: ({ panels }) =>
    numeric(panels).flatMap((panel) =>
      panel.targets.length === 0
        ? [panelBreach(panel, 'It has no query.', 'Give it one, or remove the panel.')]
        : [],
    ),
};

export const PANEL_RULES: readonly LintRule[] = [templated, described, units, asking];

function numeric(panels: readonly LintedPanel[]): readonly LintedPanel[] {
  return panels.filter(({ type }) => NUMERIC.has(type));
}
