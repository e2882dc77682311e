// What witnesses say of the SLOs that they stand for, as of now, from the windows that both are judged by.
import { compareTestimony } from '../../slo/witness.ts';
import type { InstanceView, Measurement } from '../view.ts';
import type { Slo } from '../../slo/slo.ts';
import type { Witness } from './contract.ts';

/** Of measurements that end now; the windows of others lie in the past. */
const CURRENT: readonly Measurement[] = ['silent', 'measured'];

/** By id of the SLO on users, what its witnesses say; SLOs without witnesses are left out. */
export function witnessesOf(
  slos: readonly Slo[],
  instancesOf: (slo: string) => readonly InstanceView[],
): ReadonlyMap<string, readonly Witness[]> {
  const known = new Map(slos.map((slo) => [slo.id, slo]));
  const witnesses = new Map<string, Witness[]>();
  for (const { id, witnessOf } of slos) {
    if (witnessOf === undefined || !known.has(witnessOf)) continue;
    const told = tell(id, instancesOf(witnessOf), instancesOf(id));
    witnesses.set(witnessOf, [...(witnesses.get(witnessOf) ?? []), ...told]);
  }
  return witnesses;
}

function tell(
  slo: string,
  users: readonly InstanceView[],
  witness: readonly InstanceView[],
): readonly Witness[] {
  const windowSeconds = sharedWindow(users[0], witness[0]);
  const budgets = [users, witness].map(([first]) =>
    first === undefined ? 0 : 1 - first.objective,
  );
  const [usersBudget = 0, witnessBudget = 0] = budgets;
  if (windowSeconds === undefined) return [];
  const [theirs, own] = [sum(users, windowSeconds), sum(witness, windowSeconds)];
  const verdict = compareTestimony(
    { ...theirs, budget: usersBudget },
    { ...own, budget: witnessBudget },
  );
  return [{ slo, windowSeconds, users: theirs, witness: own, verdict }];
}

/** The shortest long window that both have; burn policies may differ. */
function sharedWindow(
  one: InstanceView | undefined,
  other: InstanceView | undefined,
): number | undefined {
  const lengths = (each: InstanceView | undefined): readonly number[] =>
    each?.conditions.map(({ longWindowSeconds }) => longWindowSeconds) ?? [];
  const shared = lengths(one).filter((length) => lengths(other).includes(length));
  return shared.length === 0 ? undefined : Math.min(...shared);
}

/** Over all groups. */
function sum(
  instances: readonly InstanceView[],
  windowSeconds: number,
): { readonly total: number; readonly bad: number } {
  let [total, bad] = [0, 0];
  for (const { measurement, conditions } of instances) {
    if (!CURRENT.includes(measurement)) continue;
    const condition = conditions.find((each) => each.longWindowSeconds === windowSeconds);
    total += condition?.long.total ?? 0;
    bad += condition?.long.bad ?? 0;
  }
  return { total, bad };
}
