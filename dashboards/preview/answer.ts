// What telemetry answers to a question of a panel, whichever server it came from.

export interface AnswerSeries {
  readonly labels: Readonly<Record<string, string>>;
  /** Epoch seconds and value, in order of time; one point of an instant query. */
  readonly points: readonly (readonly [number, number])[];
}

export interface AnswerLine {
  /** Epoch seconds. */
  readonly at: number;
  readonly text: string;
}

export type Answer =
  | { readonly kind: 'series'; readonly series: readonly AnswerSeries[] }
  | { readonly kind: 'lines'; readonly lines: readonly AnswerLine[] }
  /** Why there is none. */
  | { readonly kind: 'failed'; readonly message: string };

/** The series of an answer that is one; none of any other. */
export function seriesOf(answer: Answer | undefined): readonly AnswerSeries[] {
  return answer?.kind === 'series' ? answer.series : [];
}
