// Variables: what the reader of a dashboard chooses.
import type { Telemetry } from './signal.ts';

/** Where a telemetry's data come from. */
export interface DatasourceVariable {
  readonly kind: 'datasource';
  readonly telemetry: Telemetry;
}

/** Values that a label has on the series of a selector; any number of them, or all. */
export interface LabelVariable {
  readonly kind: 'label';
  readonly name: string;
  /** @default the name */
  readonly label?: string;
  /** The label, when the variable is named otherwise. @default the name */
  readonly of?: string;
  /** `up{job=~"$job"}` */
  readonly selector: string;
  /** Whether series without the label are meant by “All”, too. @default false */
  readonly allowsNone?: boolean;
}

/** One of a few values. */
export interface ChoiceVariable {
  readonly kind: 'choice';
  readonly name: string;
  readonly label?: string;
  readonly values: readonly [string, ...string[]];
}

/** Text that the reader types. */
export interface TextVariable {
  readonly kind: 'text';
  readonly name: string;
  readonly label?: string;
  readonly initial: string;
}

export type Variable = DatasourceVariable | LabelVariable | ChoiceVariable | TextVariable;
