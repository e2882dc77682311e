// The events that one evaluation of the rules adds to an SLO's counters, whatever form its SLI has.

/** PromQL of an SLO's events; its elements carry the labels that the SLO is grouped by, and others that are summed up. */
export interface EventTile {
  /** Members of a union that add up to the events of the tile. */
  readonly total: readonly string[];
  readonly bad: readonly string[];
  /** One element for each SLO while its SLI is measured, none while it is not. */
  readonly measured: string;
  /** What raw data say of a window as long as `range`, by group; absent where no range function can. */
  readonly increase?: (range: string) => { readonly total: string; readonly bad: string };
}
