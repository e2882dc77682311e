// Raw counters: what two consecutive samples of one series say about the events between them.

/** Whether the counter began again between the samples: any decrease is a reset, as in Prometheus. */
export function isCounterReset(previous: number, value: number): boolean {
  return value < previous;
}

/**
 * Events counted between two consecutive samples of one series, a whole number ≥ 0.
 * A reset counts the value of the new life; what the old one counted after
 * `previous` is unknown to anybody. Fractional counters are counted by their whole part, so that the increases of one life
 * always add up to `floor(last) − floor(first)`, for any samples between.
 */
export function counterIncrease(previous: number, value: number): number {
  return value < previous ? Math.floor(value) : Math.floor(value) - Math.floor(previous);
}

/** Whether a sample can be a counter's value at all: finite and not negative; a stale marker is not. */
export function isCounterValue(value: number): boolean {
  return value >= 0 && value < Infinity;
}
