// A gauge judged once in every slice of time: one event, good when every point of every series compares so.
import type { EpochSeconds } from '../../../slo/counts.ts';
import type { Comparison, GaugeForm } from '../../../slo/sli.ts';
import type { StepForm, StepFormOptions } from './step-form.ts';
import { visitPoints } from './step-form.ts';

/** Points of a slice are at most so far apart: what a gauge did between two of them is not seen. */
const LONGEST_POINT_SECONDS = 15;

export function createGaugeSteps(form: GaugeForm, options: StepFormOptions): StepForm {
  const { sliceSeconds } = form;
  const pointSeconds = pointOf(sliceSeconds);
  const isGood = comparison(form.goodWhen);
  return {
    stepSeconds: sliceSeconds,
    pointSeconds,
    async read({ from, to, carries }, signal) {
      const range = { from: from + pointSeconds, to, stepSeconds: pointSeconds };
      const answer = await options.client.queryRange(form.expression, range, signal);
      const slices = new Map<string, Map<EpochSeconds, boolean>>();
      const measured = new Set<EpochSeconds>();
      visitPoints(answer, (labels, at, value) => {
        const instance = options.instance(labels);
        const own = slices.get(instance) ?? new Map<EpochSeconds, boolean>();
        slices.set(instance, own);
        const end = Math.ceil(at / sliceSeconds) * sliceSeconds;
        own.set(end, (own.get(end) ?? true) && isGood(value));
        measured.add(end);
      });
      return {
        counts: [...slices].flatMap(([instance, own]) =>
          [...own].map(([end, good]) => ({ end, instance, total: 1, bad: good ? 0 : 1 })),
        ),
        measured: [...measured].sort((a, b) => a - b),
        carries,
        milliseconds: answer.milliseconds,
        clamped: 0,
      };
    },
  };
}

/** The widest distance of points that divides the slice into at least two. */
function pointOf(sliceSeconds: number): number {
  for (let points = 2; points < sliceSeconds; points += 1)
    if (sliceSeconds % points === 0 && sliceSeconds / points <= LONGEST_POINT_SECONDS)
      return sliceSeconds / points;
  return 1;
}

function comparison({ operator, bound }: Comparison): (value: number) => boolean {
  switch (operator) {
    case '<':
      return (value) => value < bound;
    case '<=':
      return (value) => value <= bound;
    case '>':
      return (value) => value > bound;
    case '>=':
      return (value) => value >= bound;
    case '==':
      return (value) => value === bound;
    case '!=':
      return (value) => value !== bound;
  }
}
