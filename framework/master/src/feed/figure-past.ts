import { type Past, type PastSpan, pastSpans } from '@pomelo-ts/views';
import { Series } from './series.js';

/** Figures over time: each second of ten minutes, and every ten seconds of six hours; 11 KiB a figure. */
export class FigurePast<Name extends string> {
  readonly #spans: Readonly<Record<PastSpan, { readonly of: Readonly<Record<Name, Series>>; at: number }>>;
  #seconds = 0;

  constructor(names: readonly Name[]) {
    const seriesOf = (most: number) =>
      Object.fromEntries(names.map((name) => [name, new Series(most)])) as Record<Name, Series>;
    this.#spans = {
      '10m': { of: seriesOf(pastSpans['10m'].points), at: 0 },
      '6h': { of: seriesOf(pastSpans['6h'].points), at: 0 },
    };
  }

  /** Takes the figures of one more second; `at` is in ms since 1970. */
  add(at: number, figures: Readonly<Record<Name, number | null>>): void {
    for (const span of Object.keys(this.#spans) as PastSpan[]) {
      if (this.#seconds % pastSpans[span].stepSeconds > 0) continue;
      const kept = this.#spans[span];
      kept.at = at;
      for (const name in kept.of) kept.of[name].add(figures[name]);
    }
    this.#seconds++;
  }

  /** The last `count` points of a figure, ten seconds apart; null where nothing is known. */
  last(name: Name, count: number): (number | null)[] {
    return this.#spans['6h'].of[name].last(count);
  }

  /** All that is remembered of a span. */
  over(span: PastSpan): Pick<Past, 'at' | 'stepSeconds' | 'values'> {
    const { of, at } = this.#spans[span];
    const values = Object.entries<Series>(of).map(([name, series]) => [name, series.last(series.length)]);
    return { at, stepSeconds: pastSpans[span].stepSeconds, values: Object.fromEntries(values) };
  }
}
