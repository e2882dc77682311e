// The tile: the stretch of time whose events one evaluation adds to the counters, and how far back its samples may lie.

/** Length of a tile, and interval of the groups that add them: every moment lies in exactly one. */
export const TILE_SECONDS = 30;

/** A tile ends so long before its evaluation: a scrape is stored up to its timeout after the time it bears. */
export const SETTLE_SECONDS = 10;

/** A series that had no sample for so long has ended, as for Prometheus itself. */
export const PRESENT = '5m';

/** A series that comes back within this time goes on where it was: a scrape that failed is no birth and no loss. */
export const REMEMBERED = '15m';

/** A counter goes on over a pause of the rules up to this long. */
export const CONTINUED = '1h';

/** The end of the tile, and its beginning, as offsets. */
export const AT_END = `offset ${SETTLE_SECONDS}s`;
export const AT_START = `offset ${SETTLE_SECONDS + TILE_SECONDS}s`;
