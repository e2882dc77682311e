// States over time: a band for each label set, with the state's word in every stretch that has room for it.
import { escapeHtml } from '../../formats/html.ts';
import type { DrawnPanel } from '../drawn-dashboard.ts';
import { type Answers, MOST_SERIES, type NamedSeries, namedSeries } from './named-series.ts';
import { type Span, stepOf } from './question.ts';
import { momentText, timeTicks } from './scale.ts';
import { toldValue } from './value-text.ts';

interface Stretch {
  readonly value: number;
  readonly from: number;
  readonly to: number;
}

/** The bands of a panel; undefined when there are none. */
export function stateBands(drawn: DrawnPanel, answers: Answers, span: Span): string | undefined {
  const all = namedSeries(drawn, answers);
  if (all.length === 0) return undefined;
  const { panel } = drawn;
  const style = { unit: panel.signals[0]?.unit ?? 'state', now: span.to };
  const percent = (seconds: number): string => ((seconds / (span.to - span.from)) * 100).toFixed(2);
  const bands = all.slice(0, MOST_SERIES).map((series) => {
    const parts = stretches(series, stepOf(span)).map(({ value, from, to }) => {
      const { text, shade } = toldValue(value, panel, style);
      const word = escapeHtml(text);
      return `<span class="band ${shade}" style="left:${percent(from - span.from)}%;width:${percent(to - from)}%" title="${word}">${word}</span>`;
    });
    return `<div class="lane"><b>${escapeHtml(series.name)}</b><div>${parts.join('')}</div></div>`;
  });
  const moments = timeTicks(span.from, span.to).map(
    (at) => `<span style="left:${percent(at - span.from)}%">${momentText(at, span)}</span>`,
  );
  const words = panel.states.map(
    ({ word, shade }) => `<span class="word"><i class="${shade}"></i>${escapeHtml(word)}</span>`,
  );
  return `<div class="lanes">${bands.join('')}<div class="lane"><b></b><div class="moments">${moments.join('')}</div></div></div><div class="words">${words.join('')}</div>`;
}

/** Equal values one after the other are one stretch; where telemetry is missing there is none. */
function stretches({ points }: NamedSeries, step: number): readonly Stretch[] {
  const found: Stretch[] = [];
  for (const [at, value] of points) {
    const last = found.at(-1);
    const next = { value, from: at, to: at + step };
    if (last !== undefined && last.value === value && at - last.to <= step / 2)
      found[found.length - 1] = { ...last, to: next.to };
    else found.push(next);
  }
  return found;
}
