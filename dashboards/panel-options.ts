// Which of Grafana's visualizations shows a kind of panel, and with what options; the same in all formats.
import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  SortOrder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
} from '@grafana/grafana-foundation-sdk/common';
import * as gauge from '@grafana/grafana-foundation-sdk/gauge';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import * as logs from '@grafana/grafana-foundation-sdk/logs';
import * as nodegraph from '@grafana/grafana-foundation-sdk/nodegraph';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import * as table from '@grafana/grafana-foundation-sdk/table';
import * as text from '@grafana/grafana-foundation-sdk/text';
import * as timeseries from '@grafana/grafana-foundation-sdk/timeseries';
import type { Panel, PanelKind } from './panel.ts';

export interface Visualization {
  /** Grafana's plugin id. */
  readonly plugin: string;
  readonly options: object;
  /** What the kind adds to the field configuration. */
  readonly custom: object;
}

const KINDS: Readonly<Record<PanelKind, (panel: Panel) => Visualization>> = {
  'time series': timeSeries,
  stat: ({ states }) => {
    const options: stat.Options = {
      ...stat.defaultOptions(),
      colorMode: BigValueColorMode.Value,
      // A line behind a word would be a line of numbers that stand for words.
      graphMode: states.length > 0 ? BigValueGraphMode.None : BigValueGraphMode.Area,
      reduceOptions: LAST,
    };
    return { plugin: 'stat', options, custom: {} };
  },
  gauge: () => {
    const options: gauge.Options = { ...gauge.defaultOptions(), reduceOptions: LAST };
    return { plugin: 'gauge', options, custom: {} };
  },
  'bar gauge': () => {
    const options: bargauge.Options = { ...bargauge.defaultOptions(), reduceOptions: LAST };
    return { plugin: 'bargauge', options, custom: {} };
  },
  table: (panel) => {
    const sortBy = [
      { displayName: panel.table?.sortBy ?? '', desc: panel.table?.descending ?? false },
    ];
    const options: table.Options = { ...table.defaultOptions(), sortBy };
    return { plugin: 'table', options, custom: { filterable: true } };
  },
  'state timeline': () => {
    const options: statetimeline.Options = {
      ...statetimeline.defaultOptions(),
      showValue: VisibilityMode.Auto,
      mergeValues: true,
      rowHeight: 0.9,
      legend: LEGEND,
    };
    return { plugin: 'state-timeline', options, custom: { fillOpacity: 70, lineWidth: 0 } };
  },
  heatmap: () => ({ plugin: 'heatmap', options: heatmap.defaultOptions(), custom: {} }),
  logs: () => {
    const options: logs.Options = {
      ...logs.defaultOptions(),
      showTime: true,
      wrapLogMessage: true,
      enableLogDetails: true,
    };
    return { plugin: 'logs', options, custom: {} };
  },
  // The SDK has no options for it, and it has none that must be set.
  traces: () => ({ plugin: 'traces', options: {}, custom: {} }),
  'node graph': () => ({ plugin: 'nodeGraph', options: nodegraph.defaultOptions(), custom: {} }),
  text: (panel) => {
    const options: text.Options = {
      ...text.defaultOptions(),
      mode: text.TextMode.Markdown,
      content: panel.text ?? '',
    };
    return { plugin: 'text', options, custom: {} };
  },
};

/** The visualization of a panel. */
export function visualizationOf(panel: Panel): Visualization {
  return KINDS[panel.kind](panel);
}

const LAST = { calcs: ['lastNotNull'], values: false };

/** The SDK hides legends unless told otherwise. */
const LEGEND = {
  displayMode: LegendDisplayMode.List,
  placement: LegendPlacement.Bottom,
  showLegend: true,
  calcs: [],
};

function timeSeries({ limits, stacked }: Panel): Visualization {
  const options: timeseries.Options = {
    ...timeseries.defaultOptions(),
    legend: { ...LEGEND, displayMode: LegendDisplayMode.Table, calcs: ['lastNotNull', 'max'] },
    tooltip: { mode: TooltipDisplayMode.Multi, sort: SortOrder.Descending },
  };
  const custom: timeseries.FieldConfig = {
    ...timeseries.defaultFieldConfig(),
    lineWidth: 2,
    fillOpacity: stacked ? 30 : 0,
    showPoints: VisibilityMode.Auto,
    // A gap in telemetry is shown as one.
    spanNulls: false,
    ...(stacked && { stacking: { mode: StackingMode.Normal, group: 'A' } }),
    thresholdsStyle: {
      mode: limits.length > 0 ? GraphThresholdsStyleMode.Dashed : GraphThresholdsStyleMode.Off,
    },
  };
  return { plugin: 'timeseries', options, custom };
}
