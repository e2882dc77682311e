// How a panel's values look: unit, thresholds, words for states, links, and the columns of tables; the same in all formats.
import type {
  DataTransformerConfig,
  DynamicConfigValue,
  FieldConfig,
  FieldConfigSource,
  ThresholdsConfig,
  ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  FieldColorModeId,
  MappingType,
  SpecialValueMatch,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DrawnColumn, DrawnPanel } from './drawn-dashboard.ts';
import type { DataLink } from './link.ts';
import type { Level, Panel, StateWord } from './panel.ts';
import { SHADES } from './shade.ts';
import { UNITS } from './unit.ts';

/** The field configuration of a panel; `custom` is what its kind adds. */
export function fieldConfigOf(drawn: DrawnPanel, custom: object): FieldConfigSource {
  const { panel, columns } = drawn;
  const unit = panel.signals[0]?.unit;
  const { decimals, min, max } = panel;
  const defaults: FieldConfig = {
    color: {
      mode: isSeries(panel) ? FieldColorModeId.PaletteClassic : FieldColorModeId.Thresholds,
    },
    custom,
    noValue: panel.whenEmpty,
    thresholds: thresholdsOf(panel),
    ...(panel.states.length > 0 && { mappings: mappingsOf(panel.states, panel.whenEmpty) }),
    ...(unit !== undefined && panel.table === undefined && { unit: UNITS[unit] }),
    ...(unit !== undefined && panel.table !== undefined && { unit: UNITS.count }),
    ...(decimals !== undefined && { decimals }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(panel.links.length > 0 && { links: panel.links.map(dataLink) }),
  };
  return { defaults, overrides: columns.map(columnOverride) };
}

/** What makes one table of the answers to several queries: joined by their labels, in order, sorted. */
export function transformationsOf({
  panel,
  columns,
}: DrawnPanel): readonly DataTransformerConfig[] {
  const { table } = panel;
  if (table === undefined) return [];
  const names = columns.map(fieldOf);
  const first = columns.findIndex(({ refId }) => refId !== undefined);
  // When only one query has an answer, Grafana calls its value just `Value`; the first one always has.
  const lone = { Value: columns[first]?.column.title ?? 'Value' };
  return [
    { id: 'merge', options: {} },
    {
      id: 'organize',
      options: {
        excludeByName: { Time: true },
        indexByName: {
          ...Object.fromEntries(names.map((name, index) => [name, index])),
          Value: Math.max(0, first),
        },
        renameByName: {
          ...Object.fromEntries(
            columns.map(({ column }, index) => [names[index] ?? '', column.title]),
          ),
          ...lone,
        },
      },
    },
    {
      id: 'sortBy',
      options: { fields: {}, sort: [{ field: table.sortBy, desc: table.descending }] },
    },
  ];
}

/** The name that a merged table gives to a column. */
function fieldOf({ column, refId }: DrawnColumn): string {
  return refId === undefined ? (column.label ?? '') : `Value #${refId}`;
}

function isSeries({ kind }: Panel): boolean {
  return kind === 'time series' || kind === 'heatmap';
}

function thresholdsOf({ limits, levels }: Panel): ThresholdsConfig {
  if (limits.length === 0) return levelSteps(levels);
  const steps = limits
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, shade }) => ({ value: at, color: SHADES[shade] }));
  return {
    mode: ThresholdsMode.Absolute,
    steps: [{ value: null, color: SHADES.neutral }, ...steps],
  };
}

function levelSteps(levels: readonly Level[]): ThresholdsConfig {
  const steps = levels.map(({ from, shade }) => ({ value: from, color: SHADES[shade] }));
  const base = { value: null, color: SHADES.neutral };
  return {
    mode: ThresholdsMode.Absolute,
    steps: steps[0]?.value === null ? steps : [base, ...steps],
  };
}

function mappingsOf(states: readonly StateWord[], whenEmpty: string): ValueMapping[] {
  const options = Object.fromEntries(
    states.map(({ value, word, shade }, index) => [
      String(value),
      { text: word, color: SHADES[shade], index },
    ]),
  );
  const result = { text: whenEmpty, color: SHADES.unknown, index: states.length };
  return [
    { type: MappingType.ValueToText, options },
    {
      type: MappingType.SpecialValue,
      options: { match: SpecialValueMatch.NullAndNan, result },
    },
  ];
}

function columnOverride(drawn: DrawnColumn): FieldConfigSource['overrides'][number] {
  const { title, signal, levels = [], states = [], link, width } = drawn.column;
  const properties: DynamicConfigValue[] = [];
  if (signal !== undefined) {
    properties.push({ id: 'unit', value: UNITS[signal.unit] });
    if (levels.length > 0 || states.length > 0) {
      properties.push(
        { id: 'thresholds', value: levelSteps(levels) },
        { id: 'custom.cellOptions', value: { type: 'color-text' } },
      );
    }
    if (states.length > 0)
      properties.push({ id: 'mappings', value: mappingsOf(states, 'not known') });
  }
  if (link !== undefined) properties.push({ id: 'links', value: [dataLink(link)] });
  if (width !== undefined) properties.push({ id: 'custom.width', value: width });
  return { matcher: { id: 'byName', options: title }, properties };
}

function dataLink({ title, url }: DataLink): NonNullable<FieldConfig['links']>[number] {
  return { title, url, targetBlank: false } as NonNullable<FieldConfig['links']>[number];
}
