// Runs as Prometheus series: how often each verdict came, and a histogram of each phase.
import { PROBE_SERIES } from '../slo/names.ts';
import type { Labels } from '../slo/instance.ts';
import { type Phase, PHASES } from './phase.ts';
import type { Run, Verdict } from './run.ts';

/** Upper bounds of the histograms, in seconds. */
const DURATION_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

const VERDICTS: readonly Verdict[] = ['passed', 'degraded', 'failed', 'error'];

/** The series of all runs added so far. */
export interface RunSeries {
  add(run: Run): void;
  /** Forgets the checks that are not among these ids. */
  keep(checks: ReadonlySet<string>): void;
  /** Prometheus' text format, sorted by check and location; without times of its own. */
  text(): string;
}

interface Histogram {
  /** One more than bounds; the last is above all of them. */
  readonly counts: number[];
  sum: number;
}

interface CheckSeries {
  readonly labels: Labels;
  readonly verdicts: Record<Verdict, number>;
  readonly duration: Histogram;
  readonly phases: Partial<Record<Phase, Histogram>>;
  last: Run;
}

export function createRunSeries(): RunSeries {
  const all = new Map<string, CheckSeries>();
  return {
    add(run) {
      const key = `${run.check}\n${run.location}`;
      const series = all.get(key) ?? begin(run);
      all.set(key, series);
      series.last = run;
      series.verdicts[run.verdict] += 1;
      // What could not be tried took no time of the target's.
      if (run.verdict === 'error') return;
      observe(series.duration, run.durationMs);
      for (const phase of PHASES) {
        const ms = run.phases[phase];
        if (ms !== undefined) observe((series.phases[phase] ??= histogram()), ms);
      }
    },
    keep(checks) {
      for (const [key, { last }] of all) if (!checks.has(last.check)) all.delete(key);
    },
    text: () => exposition([...all].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each)),
  };
}

function begin(run: Run): CheckSeries {
  return {
    labels: {
      ...run.labels,
      check: run.check,
      service: run.service,
      team: run.team,
      location: run.location,
    },
    verdicts: { passed: 0, degraded: 0, failed: 0, error: 0 },
    duration: histogram(),
    phases: {},
    last: run,
  };
}

function histogram(): Histogram {
  return { counts: Array.from({ length: DURATION_BOUNDS.length + 1 }, () => 0), sum: 0 };
}

function observe(histogram: Histogram, ms: number): void {
  const seconds = ms / 1000;
  const found = DURATION_BOUNDS.findIndex((bound) => seconds <= bound);
  const index = found < 0 ? DURATION_BOUNDS.length : found;
  histogram.counts[index] = (histogram.counts[index] ?? 0) + 1;
  histogram.sum += seconds;
}

function exposition(all: readonly CheckSeries[]): string {
  const lines: string[] = [];
  const family = (
    name: string,
    type: 'counter' | 'gauge' | 'histogram',
    help: string,
    samples: (series: CheckSeries) => readonly string[],
  ): void => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...all.flatMap(samples));
  };
  family(PROBE_SERIES.runs, 'counter', 'Runs of a check by verdict.', ({ labels, verdicts }) =>
    VERDICTS.map((verdict) => sample(PROBE_SERIES.runs, { ...labels, verdict }, verdicts[verdict])),
  );
  family(
    PROBE_SERIES.success,
    'gauge',
    '1 when the last run passed or was degraded, 0 when it failed; absent after an error.',
    ({ labels, last: { verdict } }) =>
      verdict === 'error'
        ? []
        : [sample(PROBE_SERIES.success, labels, verdict === 'failed' ? 0 : 1)],
  );
  family(PROBE_SERIES.duration, 'histogram', 'Duration of tries.', ({ labels, duration }) =>
    histogramLines(PROBE_SERIES.duration, labels, duration),
  );
  family(
    PROBE_SERIES.phase,
    'histogram',
    'Duration of the phases of tries.',
    ({ labels, phases }) =>
      PHASES.flatMap((phase) => {
        const times = phases[phase];
        return times === undefined
          ? []
          : histogramLines(PROBE_SERIES.phase, { ...labels, phase }, times);
      }),
  );
  family(PROBE_SERIES.lastRun, 'gauge', 'When the last run began.', ({ labels, last }) => [
    sample(PROBE_SERIES.lastRun, labels, last.startedAtMs / 1000),
  ]);
  family(
    PROBE_SERIES.lag,
    'gauge',
    'How much later than due the last run began.',
    ({ labels, last: { scheduledAtMs, startedAtMs } }) =>
      scheduledAtMs === undefined
        ? []
        : [sample(PROBE_SERIES.lag, labels, (startedAtMs - scheduledAtMs) / 1000)],
  );
  family(
    PROBE_SERIES.certificateEnd,
    'gauge',
    'When the first certificate of the chain ends.',
    ({ labels, last: { certificate } }) =>
      certificate === undefined
        ? []
        : [sample(PROBE_SERIES.certificateEnd, labels, certificate.chainNotAfter)],
  );
  return `${lines.join('\n')}\n`;
}

function histogramLines(name: string, labels: Labels, { counts, sum }: Histogram): string[] {
  let total = 0;
  const buckets = counts.map((count, index) => {
    total += count;
    const le = DURATION_BOUNDS[index] ?? '+Inf';
    return sample(`${name}_bucket`, { ...labels, le: String(le) }, total);
  });
  const rounded = Math.round(sum * 1e6) / 1e6;
  return [
    ...buckets,
    sample(`${name}_sum`, labels, rounded),
    sample(`${name}_count`, labels, total),
  ];
}

function sample(name: string, labels: Labels, value: number): string {
  const pairs = Object.keys(labels)
    .sort()
    .filter((label) => labels[label] !== '')
    .map((label) => `${label}="${escaped(labels[label] ?? '')}"`);
  return `${name}{${pairs.join(',')}} ${value}`;
}

function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (each) => (each === '\n' ? String.raw`\n` : `\\${each}`));
}
