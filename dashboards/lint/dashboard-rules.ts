// Rules about the whole dashboard: who edits it, how it and its panels are found again, and how they lie.
import { GRID_COLUMNS, type Place } from '../layout.ts';
import { LONGEST_UID } from '../../slo/names.ts';
import { panelBreach } from './panel-breach.ts';
import type { LintRule } from './rule.ts';

const MOST_PANELS = 24;

const uneditable: LintRule = {
  name: 'uneditable-dashboard',
  demand: 'What is made from code is not changed by hand.',
  severity: 'error',
  check: ({ editable }) =>
    editable ? [{ message: 'Everybody may edit it.', remedy: 'Set editable to false.' }] : [],
};

const uid: LintRule = {
  name: 'stable-uid-rule',
  demand: 'The dashboard has a uid that Grafana takes, so that links to it last.',
  severity: 'error',
  check: ({ uid }) =>
    /^[\w-]+$/.test(uid) && uid.length <= LONGEST_UID
      ? []
      : [
          {
            message: `Its uid is '${uid}'.`,
            remedy: `Give it one of letters, digits, - and _, at most ${LONGEST_UID}.`,
          },
        ],
};

const ids: LintRule = {
  name: 'unique-panel-id-rule',
  demand: 'Every panel has an id of its own, so that links to it last.',
  severity: 'error',
  check({ panels }) {
    const byId = Map.groupBy(panels, ({ id }) => id);
    return [...byId].flatMap(([id, own]) => {
      const titles = own.map(({ title }) => `'${title}'`).join(', ');
      if (id === undefined || id < 1)
        return [{ message: `No id: ${titles}.`, remedy: 'Number panels from 1.' }];
      if (own.length === 1) return [];
      return [{ message: `The id ${id} is used by ${titles}.`, remedy: 'Number panels from 1.' }];
    });
  },
};

const layout: LintRule = {
  name: 'panel-layout-rule',
  demand: 'No panel lies on another or beyond the edge.',
  severity: 'error',
  check({ panels }) {
    const placed = panels.flatMap((panel) =>
      panel.place === undefined || panel.collapsed ? [] : [{ panel, place: panel.place }],
    );
    return placed.flatMap(({ panel, place }, index) => {
      const [under, ...others] = placed
        .slice(index + 1)
        .filter((other) => overlap(place, other.place));
      const remedy = 'Place it elsewhere.';
      const right = place.x + place.w;
      const more = others.length === 0 ? '' : ` and ${others.length} others`;
      return [
        ...(right > GRID_COLUMNS
          ? [panelBreach(panel, `It ends at column ${right} of ${GRID_COLUMNS}.`, remedy)]
          : []),
        ...(under === undefined
          ? []
          : [panelBreach(panel, `It lies on '${under.panel.title}'${more}.`, remedy)]),
      ];
    });
  },
};

const few: LintRule = {
  name: 'visible-panels-rule',
  demand: `No more than ${MOST_PANELS} panels are seen at once.`,
  severity: 'warning',
  check({ panels }) {
    const visible = panels.filter(({ collapsed }) => !collapsed).length;
    if (visible <= MOST_PANELS) return [];
    return [{ message: `${visible} panels load at once.`, remedy: 'Close some rows.' }];
  },
};

/** The first is a rule of dashboard-linter, the others are ours. */
export const DASHBOARD_RULES: readonly LintRule[] = [uneditable, uid, ids, layout, few];

function overlap(a: Place, b: Place): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
