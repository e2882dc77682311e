// The events that one evaluation of the rules adds to an SLO's counters, whatever form its SLI has.

/** PromQL of an SLO's events; its elements carry the labels that the SLO is grouped by, and others that are summed up. */
export interface EventTile {
  /** Members of a union that add up to the events of the tile. */
  readonly total: readonly string[];
  readonly bad: readonly string[];
  /**
   * Members of one union for both, in which the label `ninefold_of` tells bad events from good ones; absent where one
   * label of a series does not tell that.
   */
  readonly both?: { readonly members: readonly string[]; readonly told: ToldBad } | undefined;
  /** One element for each SLO while its SLI is measured, none while it is not. */
  readonly measured: string;
  /** What counters are read, when that is all that the tile depends on. */
  readonly reads?: {
    readonly total: string;
    readonly part: string;
    readonly isOneMetric: boolean;
    readonly told?: ToldBad;
  };
  /** What raw data say of a window as long as `range`, by group; absent where no range function can. */
  readonly increase?: (range: string) => { readonly total: string; readonly bad: string };
}

/** How a series of the total shows that it counts bad events: by one of its labels. */
export interface ToldBad {
  readonly label: string;
  /** Regular expression (RE2) of the whole value. */
  readonly pattern: string;
  /** What the series counts whose label matches, and the value of `ninefold_of` then; others count the opposite and lack it. */
  readonly matching: 'bad' | 'good';
}

/** Told so in a tile: no series that is scraped has this label. */
export const OF = 'ninefold_of';
