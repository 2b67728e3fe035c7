import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { showAge, showTime } from '@pomelo-ts/views';
import { CopyText } from '../shell/copy-text.js';
import { dark } from '../style/theme-store.js';
import { t } from '../words/words-store.js';
import { type Series, spanOf } from './series.js';

interface ChartProps {
  readonly title: string;
  readonly help?: string;
  readonly series: Series;
  /** Which of the figures. */
  readonly name: string;
  readonly show: (value: number) => string;
  /** What a Prometheus is asked for to have the same. */
  readonly query: string;
  /** Moments that a line is drawn for, in seconds; each has its number. */
  readonly marks: readonly number[];
}

const height = 150;

/** One figure over time, with the moments at which something happened. What it shows is said in words, too. */
export function Chart({ title, help, series, name, show, query, marks }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const marksNow = useRef(marks);
  marksNow.current = marks;
  const isDark = dark.value;
  useEffect(() => {
    const place = box.current!;
    const made = new uPlot(optionsOf(place, show, marksNow), [[], []], place);
    plot.current = made;
    const observer = new ResizeObserver(() => made.setSize({ width: place.clientWidth, height }));
    observer.observe(place);
    return () => {
      observer.disconnect();
      made.destroy();
    };
    // colours are read when it is made
  }, [isDark, show]);
  const values = series.values[name] ?? [];
  useEffect(() => {
    plot.current?.setData([series.times, values] as unknown as uPlot.AlignedData);
  }, [series, isDark, values]);
  return (
    <figure class="chart">
      <figcaption title={help}>{title}</figcaption>
      <div ref={box} role="img" aria-label={wordsOf(title, series, values, show)} />
      <details class="query">
        <summary>
          {t('chart.query')}
          <span class="unseen">: {title}</span>
        </summary>
        <CopyText label="PromQL" text={query} />
      </details>
    </figure>
  );
}

function wordsOf(
  what: string,
  { times }: Series,
  values: readonly (number | null)[],
  show: (value: number) => string,
): string {
  const span = spanOf(values);
  if (!span) return `${what}: –`;
  return t('chart.summary', {
    what,
    now: show(span.now),
    least: show(span.least),
    most: show(span.most),
    span: showAge((times.at(-1) ?? 0) - (times[0] ?? 0)),
  });
}

function optionsOf(
  place: HTMLElement,
  show: (value: number) => string,
  marks: { readonly current: readonly number[] },
): uPlot.Options {
  // a custom property is text until something has it as its colour
  const probe = document.createElement('span');
  place.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const axis = {
    stroke: colour('--axis'),
    grid: { stroke: colour('--grid'), width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  const colours = { stroke: colour('--stroke'), mark: colour('--mark') };
  probe.remove();
  return {
    width: place.clientWidth,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false } },
    scales: { y: { range: (_, __, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [
      { ...axis, size: 26, space: 70, values: (_, ticks) => ticks.map((tick) => showTime(tick * 1000)) },
      { ...axis, size: 62, values: (_, ticks) => ticks.map((tick) => show(tick)), space: 32 },
    ],
    series: [{}, { stroke: colours.stroke, width: 2, points: { show: false }, spanGaps: false }],
    hooks: { draw: [(drawn) => drawMarks(drawn, marks.current, colours.mark)] },
  };
}

function drawMarks(plot: uPlot, marks: readonly number[], colour: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const [n, at] of marks.entries()) {
    const x = plot.valToPos(at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.fillText(String(n + 1), x + 3 * devicePixelRatio, bbox.top + 10 * devicePixelRatio);
  }
  ctx.restore();
}
