// A time series as inline SVG: lines that break where telemetry does, limits as dashed lines with their number, a legend.
import { escapeHtml } from '../../formats/html.ts';
import type { DrawnPanel } from '../drawn-dashboard.ts';
import type { Unit } from '../unit.ts';
import { type Answers, MOST_SERIES, type NamedSeries, namedSeries } from './named-series.ts';
import { type Span, stepOf } from './question.ts';
import { momentText, type Scale, tickDecimals, timeTicks, valueScale } from './scale.ts';
import { valueText } from './value-text.ts';

/** The plot's own coordinates; it is stretched to whatever place there is. */
const SIZE = 1000;

/** The chart of a panel; undefined when there is nothing to draw. */
export function chart(drawn: DrawnPanel, answers: Answers, span: Span): string | undefined {
  const all = namedSeries(drawn, answers);
  if (all.length === 0) return undefined;
  const { panel } = drawn;
  const series = all.slice(0, MOST_SERIES);
  const lines = panel.stacked ? stacked(series) : series;
  const scale = scaleOf(drawn, lines);
  const style = { unit: panel.signals[0]?.unit ?? 'count', now: span.to };
  const paths = lines.flatMap((line, index) => [
    ...(panel.stacked ? [area(line, lines[index - 1], index, scale, span)] : []),
    path(line, index, scale, span),
  ]);
  const limits = limitLines(drawn, scale, style);
  const axis = { ...style, decimals: axisDecimals(style.unit, scale) };
  const ticks = scale.ticks.map(
    (at) =>
      `<div class="tick" style="bottom:${share(at, scale)}%"><span>${escapeHtml(valueText(at, axis))}</span></div>`,
  );
  const moments = timeTicks(span.from, span.to).map(
    (at) => `<span style="left:${place(at, span) / 10}%">${momentText(at, span)}</span>`,
  );
  return (
    `<div class="plot"><div class="area">${ticks.join('')}` +
    `<svg viewBox="0 0 ${SIZE} ${SIZE}" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(panel.title)}">${paths.join('')}</svg>` +
    `${limits.join('')}</div><div class="moments">${moments.join('')}</div></div>` +
    legend(series, all.length, { ...style, decimals: panel.decimals })
  );
}

/** Limits are shown as far as the next one on either side: farther ones would flatten everything. */
function scaleOf({ panel }: DrawnPanel, lines: readonly NamedSeries[]): Scale {
  const values = lines.flatMap(({ points }) =>
    points.flatMap(([, value]) => (Number.isFinite(value) ? value : [])),
  );
  const [least, most] = values.reduce(
    ([low, high], each) => [Math.min(low, each), Math.max(high, each)],
    [Infinity, -Infinity],
  );
  const limits = panel.limits.map(({ at }) => at).toSorted((a, b) => a - b);
  const above = limits.find((at) => at >= most);
  const below = limits.findLast((at) => at <= least);
  const ends = [least, most, above ?? most, below ?? least].filter((each) => Number.isFinite(each));
  return valueScale(ends, { min: panel.min, max: panel.max });
}

function path({ points }: NamedSeries, index: number, scale: Scale, span: Span): string {
  const gap = stepOf(span) * 1.5;
  let before = -Infinity;
  const commands = points.flatMap(([at, value]) => {
    if (!Number.isFinite(value)) return [];
    const start = at - before > gap;
    before = at;
    const spot = spotOf([at, value], scale, span);
    // A lone point is seen as a dot.
    return start ? [`M${spot}`, `L${spot}`] : [`L${spot}`];
  });
  return `<path class="line s${index % 8}" d="${commands.join('')}"/>`;
}

/** What lies between a line and the one below it. */
function area(
  { points }: NamedSeries,
  below: NamedSeries | undefined,
  index: number,
  scale: Scale,
  span: Span,
): string {
  const base = below?.points ?? points.map(([at]) => [at, Math.max(0, scale.low)] as const);
  const edge = [...points, ...base.toReversed()].map((each) => spotOf(each, scale, span));
  return `<path class="fill s${index % 8}" d="M${edge.join('L')}Z"/>`;
}

function spotOf([at, value]: readonly [number, number], scale: Scale, span: Span): string {
  const y = SIZE - (share(value, scale) * SIZE) / 100;
  return `${place(at, span).toFixed(1)} ${y.toFixed(1)}`;
}

/** Percent of the height that a number beside its line takes. */
const LABEL_PERCENT = 9;

/** Lines with their numbers; where lines lie close together, the numbers stand side by side. */
function limitLines(
  { panel }: DrawnPanel,
  scale: Scale,
  style: Parameters<typeof valueText>[1],
): readonly string[] {
  let before = -Infinity;
  let column = 0;
  return panel.limits
    .filter(({ at }) => at >= scale.low && at <= scale.high)
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, shade }) => {
      const bottom = share(at, scale);
      column = bottom - before < LABEL_PERCENT ? column + 1 : 0;
      before = bottom;
      const text = escapeHtml(valueText(at, style));
      return `<div class="limit ${shade}" style="bottom:${bottom}%"><span style="right:${column * 48}px">${text}</span></div>`;
    });
}

/** Each line on top of those before it; a moment at which one says nothing counts as nothing of it. */
function stacked(series: readonly NamedSeries[]): readonly NamedSeries[] {
  const sums = new Map<number, number>();
  return series.map(({ points, ...rest }) => ({
    ...rest,
    points: points.map(([at, value]) => {
      const sum = (sums.get(at) ?? 0) + (Number.isFinite(value) ? value : 0);
      sums.set(at, sum);
      return [at, sum] as const;
    }),
  }));
}

function legend(
  series: readonly NamedSeries[],
  count: number,
  style: Parameters<typeof valueText>[1],
): string {
  const rows = series.map(({ name, points }, index) => {
    const values = points.map(([, value]) => value).filter((each) => Number.isFinite(each));
    const text = (value: number | undefined): string =>
      value === undefined ? '–' : escapeHtml(valueText(value, style));
    const most = values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b));
    return `<tr><td><svg class="key" viewBox="0 0 24 4"><path class="line s${index % 8}" d="M0 2L24 2"/></svg>${escapeHtml(name)}</td><td>${text(values.at(-1))}</td><td>${text(most)}</td></tr>`;
  });
  const more = count > series.length ? `<tr><td>… and ${count - series.length} more</td></tr>` : '';
  return `<div class="legend"><table><tr><th></th><th>last</th><th>max</th></tr>${rows.join('')}${more}</table></div>`;
}

/** Units with a size of their own choose their digits by themselves. */
function axisDecimals(unit: Unit, scale: Scale): number | undefined {
  if (unit === 'ratio') return tickDecimals(scale, 100);
  return unit === 'count' || unit === 'multiple' ? tickDecimals(scale) : undefined;
}

/** 0 at the left edge, SIZE at the right one. */
function place(at: number, { from, to }: Span): number {
  return ((at - from) / (to - from)) * SIZE;
}

/** Percent of the height. */
function share(value: number, { low, high }: Scale): number {
  return Number((((Math.min(Math.max(value, low), high) - low) / (high - low)) * 100).toFixed(2));
}
