/** Runs a probe as the command line would, in this process. */
import { type CheckInput, defineCheck, defineService, type ProbeDefinition } from '../../index.ts';
import type { Check } from '../../synthetics/check.ts';
import { createProbes, createSurroundings, type Run, runCheck } from '../../synthetics/index.ts';
import { resolveCheck } from '../../synthetics/resolve-check.ts';

export interface ProbeRunOptions {
  /** Where relative files start. */
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly location?: string;
  readonly signal?: AbortSignal;
  /** Waits between tries are gathered here instead of waited for. */
  readonly waits?: number[];
}

/** The check of a probe, with whatever else is wanted of it. @throws when it has mistakes */
export function checkOf(
  probe: ProbeDefinition,
  more: Partial<Omit<CheckInput, 'probe'>> = {},
): Check {
  const service = defineService({ name: 'shop', team: 'web' });
  const { value, diagnostics } = resolveCheck(
    defineCheck({ service, name: 'home', probe, ...more }),
  );
  if (value === undefined) throw new Error(JSON.stringify(diagnostics));
  return value;
}

/** One run of a probe's check. */
export async function runProbe(
  probe: ProbeDefinition,
  more: Partial<Omit<CheckInput, 'probe'>> = {},
  options: ProbeRunOptions = {},
): Promise<Run> {
  const { folder = '.', environment = {}, location, signal, waits } = options;
  const surroundings = createSurroundings(folder, environment);
  return runCheck(checkOf(probe, more), {
    probes: createProbes(),
    surroundings:
      waits === undefined
        ? surroundings
        : { ...surroundings, sleep: async (ms) => void waits.push(ms) },
    ...(location === undefined ? {} : { location }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** What a run failed by, flat: its reason, the phases that were reached, and its whole time in milliseconds. */
export async function failureOf(
  probe: ProbeDefinition,
  timeout: CheckInput['timeout'] = '10s',
  options: ProbeRunOptions = {},
): Promise<
  Partial<NonNullable<Run['reason']>> &
    Pick<Run, 'verdict' | 'totalMs'> & { readonly phases: readonly string[] }
> {
  const { verdict, reason, phases, totalMs } = await runProbe(probe, { timeout }, options);
  return { verdict, ...reason, phases: Object.keys(phases), totalMs };
}

/** Whether a run found everything as it should be, however long a busy machine took for it. */
export function isFine({ verdict, reason }: Run): boolean {
  if (verdict !== 'degraded') return verdict === 'passed';
  return reason?.code === 'slow' || / is at most \d+(?:\.\d+)? m?s\b/.test(reason?.message ?? '');
}
