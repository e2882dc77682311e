// The phases of a try, in the order in which they happen.

export const PHASES = ['dns', 'connect', 'tls', 'firstByte', 'transfer'] as const;

/**
 * What the time of a try went into: the name's resolution, the connection, the TLS handshake, the request until the
 * answer's first byte, the rest of the answer. Kinds without a request leave the last two out.
 */
export type Phase = (typeof PHASES)[number];

/** Milliseconds in each phase that happened, from a monotonic clock; redirects and steps are summed. */
export type PhaseTimes = Readonly<Partial<Record<Phase, number>>>;

/** Phases of several parts added up. */
export function sumPhases(all: readonly PhaseTimes[]): PhaseTimes {
  const sums: Partial<Record<Phase, number>> = {};
  for (const times of all)
    for (const phase of PHASES) {
      const time = times[phase];
      if (time !== undefined) sums[phase] = (sums[phase] ?? 0) + time;
    }
  return sums;
}
