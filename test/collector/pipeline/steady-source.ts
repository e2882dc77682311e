// A source for tests: traffic of a steady rate whose share of failures, presence and lag the test sets as it runs.
import type { Ledger, Source, SourceStatus } from '../../../collector/sources/source.ts';

export interface Traffic {
  /** Events a second. */
  rate: number;
  /** Of them bad, a whole number. */
  failing: number;
  /** Whether anything is measured. */
  measured: boolean;
  /** Seconds behind the clock. */
  lag: number;
}

export interface SteadySource extends Source {
  readonly traffic: Traffic;
}

/** Commits every second what its SLO saw since the last commit, from its stored position on. */
export function createSteadySource(slo: string, traffic: Partial<Traffic> = {}): SteadySource {
  const state: Traffic = { rate: 100, failing: 0, measured: true, lag: 0, ...traffic };
  let watermark: number | undefined;
  const part = `steady/${slo}`;

  const read = async (ledger: Ledger, now: number): Promise<void> => {
    const known = await ledger.position(part);
    const from = known === undefined ? now - 1 : Number(known.position);
    const to = now - state.lag;
    if (to <= from) return;
    const seconds = Array.from({ length: to - from }, (_, k) => from + k);
    await ledger.commit({
      part,
      version: known?.version ?? 0,
      position: String(to),
      add: state.measured
        ? seconds.map((start) => ({
            instance: slo,
            start,
            width: 1,
            total: state.rate,
            bad: state.failing,
          }))
        : [],
      coverage: state.measured ? [{ slo, from, to }] : [],
    });
    watermark = to;
    ledger.watermark(slo, to);
  };

  return {
    name: `steady ${slo}`,
    traffic: state,
    async run({ ledger, clock }, signal) {
      while (!signal.aborted) {
        await read(ledger, Math.floor(clock.now() / 1000));
        await clock.sleep(1000, signal);
      }
    },
    status: (): SourceStatus => ({
      name: `steady ${slo}`,
      kind: 'steady',
      state: watermark === undefined ? 'starting' : 'live',
      slos: [slo],
      ...(watermark === undefined ? {} : { watermark }),
      counters: {},
    }),
  };
}
