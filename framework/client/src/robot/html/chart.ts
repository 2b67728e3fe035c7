import { showSpan } from '../figures.js';
import { html, type Markup } from './markup.js';
import { niceTicks, timeTicks } from './scale.js';

/** A line of a chart; undefined where there is nothing to show. */
export interface Series {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
}

/** What a chart shows over time. */
export interface Chart {
  readonly title: string;
  readonly series: readonly Series[];
  /** Where each value belongs to, in ms from the beginning. */
  readonly atMs: readonly number[];
  readonly endMs: number;
  readonly show: (value: number) => string;
  /** Each series stands on the one before, and what is below is filled. */
  readonly stacked?: boolean;
  /** Highest value of the axis; by itself the highest of the series. */
  readonly top?: number;
}

const size = { width: 560, height: 210, left: 56, right: 12, top: 24, bottom: 24 };
const plot = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom };
/** More places to point at than this cannot be hit. */
const mostReadings = 200;

interface Scale {
  readonly x: (ms: number) => number;
  readonly y: (value: number) => number;
  readonly ticks: readonly number[];
}

/** A figure with its legend; values are read by pointing at it. */
export function chart(what: Chart): Markup {
  const scale = scaleOf(what);
  const { title, series, show } = what;
  const legend = series.map(
    ({ name }, i) =>
      html`<span class="key"><svg viewBox="0 0 16 8" class="c${i}"><line x1="0" x2="16" y1="4" y2="4"/></svg>${name}</span>`,
  );
  return html`<figure class="chart">
<figcaption><h3>${title}</h3>${series.length > 1 ? html`<div class="keys">${legend}</div>` : undefined}</figcaption>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${title} over time">
${axes(what, scale, show)}
${what.stacked ? areas(what, scale) : lines(what, scale)}
${readings(what, scale)}
</svg></figure>
`;
}

function scaleOf(what: Chart): Scale {
  const { series, atMs, endMs } = what;
  const sums = atMs.map((_, i) => series.reduce((sum, { values }) => sum + (values[i] ?? 0), 0));
  const heights = what.stacked ? sums : series.flatMap(({ values }) => values.map((value) => value ?? 0));
  const ticks = niceTicks(what.top ?? heights.reduce((most, height) => Math.max(most, height), 0));
  const top = ticks.at(-1)!;
  return {
    x: (ms) => round(size.left + (plot.width * Math.min(ms, endMs)) / Math.max(endMs, 1)),
    y: (value) => round(size.top + plot.height * (1 - Math.min(value, top) / top)),
    ticks,
  };
}

function axes({ endMs }: Chart, { x, y, ticks }: Scale, show: Chart['show']): Markup[] {
  const right = size.width - size.right;
  return [
    ...ticks.map(
      (tick) =>
        html`<line class="grid" x1="${size.left}" x2="${right}" y1="${y(tick)}" y2="${y(tick)}"/><text class="tick" x="${size.left - 6}" y="${y(tick) + 4}" text-anchor="end">${shortened(show(tick))}</text>`,
    ),
    ...timeTicks(endMs).map(
      (ms) =>
        html`<text class="tick" x="${x(ms)}" y="${size.height - 6}" text-anchor="middle">${showSpan(ms)}</text>`,
    ),
  ];
}

/** `2.5 ms` for `2.50 ms`, `60k/s` for `60,000/s`: there is not much room. */
const shortened = (text: string): string =>
  text.replace(/\.\d+/, (digits) => digits.replace(/\.?0+$/, '')).replace(/(?<=\d\d),000/, 'k');

function lines({ series, atMs, endMs }: Chart, { x, y }: Scale): Markup[] {
  return series.map(({ values }, i) => {
    const [only] = values;
    // One value is a line too, or nothing would be seen of it.
    const path =
      values.length === 1 && only !== undefined
        ? `M${x(0)} ${y(only)}L${x(endMs)} ${y(only)}`
        : pathOf(values.map((value, n) => (value === undefined ? undefined : [x(atMs[n]!), y(value)])));
    return html`<path class="line c${i}" d="${path}"/>`;
  });
}

/** Points that nothing lies between are joined; one alone is a dot. */
function pathOf(points: readonly (readonly [number, number] | undefined)[]): string {
  let joined = false;
  return points
    .map((point, i) => {
      if (point === undefined) {
        joined = false;
        return '';
      }
      const dot = !joined && points[i + 1] === undefined ? 'h.01' : '';
      const text = `${joined ? 'L' : 'M'}${point.join(' ')}${dot}`;
      joined = true;
      return text;
    })
    .join('');
}

function areas({ series, atMs, endMs }: Chart, { x, y }: Scale): Markup[] {
  let below = atMs.map(() => 0);
  const times = [0, ...atMs.slice(1, -1), endMs];
  const edge = (heights: readonly number[]) => {
    const all = heights.length === 1 ? [heights[0]!, heights[0]!] : heights;
    return all.map((height, i) => `${x(times[i] ?? endMs)} ${y(height)}`);
  };
  return series.map(({ values }, i) => {
    const above = below.map((height, n) => height + (values[n] ?? 0));
    const path = `M${edge(above).join('L')}L${edge(below).reverse().join('L')}Z`;
    below = above;
    return html`<path class="area c${i}" d="${path}"/>`;
  });
}

/** What stands over the chart while one points at a time: no script is needed for that. */
function readings({ series, atMs, endMs, show }: Chart, { x }: Scale): Markup[] {
  const every = Math.ceil(atMs.length / mostReadings);
  const shown = atMs.flatMap((ms, i) => (i % every === 0 ? [{ ms, i }] : []));
  return shown.map(({ ms, i }, n) => {
    const from = x(n === 0 ? 0 : (shown[n - 1]!.ms + ms) / 2);
    const to = x(n === shown.length - 1 ? endMs : (ms + shown[n + 1]!.ms) / 2);
    const values = series.map(({ name, values: all }) => {
      const text = all[i] === undefined ? '–' : show(all[i]);
      return series.length > 1 ? `${name} ${text}` : text;
    });
    return html`<g class="at"><rect x="${from}" y="${size.top}" width="${round(to - from)}" height="${plot.height}"/><line x1="${x(ms)}" x2="${x(ms)}" y1="${size.top}" y2="${size.top + plot.height}"/><text x="${size.width - size.right}" y="14" text-anchor="end">${[showSpan(ms), ...values].join('   ')}</text></g>`;
  });
}

const round = (value: number): number => Math.round(value * 10) / 10;
