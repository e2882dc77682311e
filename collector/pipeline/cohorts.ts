// Cohorts: instances that share a history, an objective and a policy, so that one pass over their rows judges them all.
import { type BurnScreen, createBurnScreen } from '../../slo/burn-screen.ts';
import type { CountHistory } from '../../slo/count-history.ts';
import type { EpochSeconds } from '../../slo/counts.ts';
import type { Engine, Instance, TrackedSlo } from './engine.ts';

export interface Cohort {
  readonly instances: readonly Instance[];
  /**
   * For each instance the conditions that hold on windows that end where `endOf` says: bit k is condition k of the
   * policy. The answer stands until it is asked again.
   */
  judge(endOf: (entry: TrackedSlo) => EpochSeconds): Uint32Array;
}

/** All instances of the engine in cohorts, in the order of their columns, as rows are read fastest. */
export function createCohorts(engine: Engine): readonly Cohort[] {
  const members = new Map<CountHistory, Map<string, Instance[]>>();
  for (const entry of engine.tracked()) {
    const { conditions, evidenceGate } = entry.slo.burnPolicy;
    const rule = JSON.stringify([entry.slo.objective.budget, conditions, evidenceGate]);
    const rules = members.get(entry.history) ?? new Map<string, Instance[]>();
    members.set(entry.history, rules);
    const instances = rules.get(rule) ?? [];
    rules.set(rule, instances);
    instances.push(...entry.instances.values());
  }
  return [...members].flatMap(([history, rules]) =>
    [...rules.values()]
      .filter((instances) => instances.length > 0)
      .map((instances) => createCohort(history, instances)),
  );
}

function createCohort(history: CountHistory, unsorted: readonly Instance[]): Cohort {
  const instances = unsorted.toSorted((a, b) => a.column - b.column);
  const columns = Uint32Array.from(instances, ({ column }) => column);
  const ends = new Float64Array(instances.length);
  const [first] = instances;
  const screen: BurnScreen | undefined = first && createBurnScreen(first.tracked.slo);
  return {
    instances,
    judge(endOf) {
      instances.forEach(({ tracked }, index) => (ends[index] = endOf(tracked)));
      return screen?.judge(history, columns, ends) ?? new Uint32Array(0);
    },
  };
}
