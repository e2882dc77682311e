// Events counted by PromQL at each step: fractions are carried on, so that whole numbers add up to what was measured.
import { substituteStep } from '../../../formats/promql.ts';
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { ExpressionForm } from '../../../slo/sli.ts';
import type { StepCounts, StepForm, StepFormOptions } from './step-form.ts';
import { visitPoints } from './step-form.ts';

/** Tells the two halves of one answer apart. */
const HALF = 'ninefold_half';

interface Amounts {
  total: number;
  part: number;
}

export function createExpressionSteps(form: ExpressionForm, options: StepFormOptions): StepForm {
  const { stepSeconds, counted } = form;
  const half = (expression: string, name: string): string =>
    `label_replace((\n${substituteStep(expression, stepSeconds)}\n), "${HALF}", "${name}", "", "")`;
  // One query, so that total and part are evaluated over the same samples.
  const query = `${half(form.total, 'total')} or ${half(form.part, 'part')}`;
  return {
    stepSeconds,
    pointSeconds: stepSeconds,
    async read({ from, to, carries, carriesAt }, signal) {
      const range = { from: from + stepSeconds, to, stepSeconds };
      const answer = await options.client.queryRange(query, range, signal);
      const amounts = new Map<string, Map<EpochSeconds, Amounts>>();
      const measured = new Set<EpochSeconds>();
      visitPoints(answer, (labels, at, value) => {
        const instance = options.instance(labels);
        const steps = amounts.get(instance) ?? new Map<EpochSeconds, Amounts>();
        amounts.set(instance, steps);
        const step = steps.get(at) ?? { total: 0, part: 0 };
        steps.set(at, step);
        if (labels[HALF] === 'total') {
          step.total += Math.max(0, value);
          measured.add(at);
        } else step.part += Math.max(0, value);
      });
      const next = new Map(carries);
      const counts: StepCounts[] = [];
      let clamped = 0;
      for (const [instance, steps] of amounts) {
        let [good, bad] = carries.get(instance) ?? [0, 0];
        for (const end of [...steps.keys()].sort((a, b) => a - b)) {
          const { total, part } = steps.get(end) ?? { total: 0, part: 0 };
          const known = Math.min(part, total);
          clamped += part - known;
          good += counted === 'good' ? known : total - known;
          bad += counted === 'bad' ? known : total - known;
          const [wholeGood, wholeBad] = [wholePart(good), wholePart(bad)];
          good -= wholeGood;
          bad -= wholeBad;
          counts.push({ end, instance, total: wholeGood + wholeBad, bad: wholeBad });
          if (end <= carriesAt) next.set(instance, [good, bad]);
        }
      }
      return {
        counts,
        measured: [...measured].sort((a, b) => a - b),
        carries: next,
        milliseconds: answer.milliseconds,
        clamped,
      };
    },
  };
}

/** The whole part, by which 2.9999999999 is 3: sums of extrapolated increases miss whole numbers by rounding alone. */
function wholePart(value: number): number {
  return Math.max(0, Math.floor(value + 1e-6));
}
