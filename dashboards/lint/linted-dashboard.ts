// What the linter sees of a dashboard, whatever format of Grafana's it was written in.
import type { Place } from '../layout.ts';

export interface LintedTarget {
  readonly refId: string;
  /** Counted from 0 within the panel. */
  readonly index: number;
  readonly expression: string;
  readonly hidden: boolean;
  readonly datasource: LintedDatasource;
}

export interface LintedDatasource {
  /** Plugin: `prometheus`. */
  readonly type?: string;
  /** Uid, or a variable: `${datasource}`. */
  readonly uid?: string;
}

export interface LintedPanel {
  /** Where in the JSON: `$.panels[3]`. */
  readonly path: string;
  readonly id?: number;
  readonly title: string;
  readonly description: string;
  /** Plugin: `timeseries`. */
  readonly type: string;
  readonly datasource: LintedDatasource;
  readonly targets: readonly LintedTarget[];
  /** Units of the panel and of its columns. */
  readonly units: readonly string[];
  /** Whether values are shown as words. */
  readonly hasMappings: boolean;
  /** Shows text fields: stat panels of names. */
  readonly showsText: boolean;
  readonly noValue?: string;
  /** Numbers at which a colour or line changes. */
  readonly thresholds: readonly number[];
  /** Not loaded until its row is opened. */
  readonly collapsed: boolean;
  /** Addresses that its values lead to. */
  readonly links: readonly string[];
  /** Markdown of a text panel. */
  readonly text: string;
  /** Absent in layouts that Grafana computes. */
  readonly place?: Place;
}

export interface LintedVariable {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly query: string;
  readonly datasource: LintedDatasource;
  readonly multi: boolean;
  readonly allValue?: string;
  readonly refreshesOnTimeChange: boolean;
}

export interface LintedDashboard {
  readonly format: 'classic' | 'resource';
  readonly uid: string;
  readonly title: string;
  readonly editable: boolean;
  readonly variables: readonly LintedVariable[];
  readonly panels: readonly LintedPanel[];
  /** Addresses in its head. */
  readonly links: readonly string[];
}
