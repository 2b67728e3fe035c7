/** A stretch of time in which a zone's clock runs on without a change. */
export interface Span {
  /** When it begins, in ms since 1970; of the first that was looked at, any time within it. */
  readonly from: number;
  /** What the wall clock is ahead of UTC, in ms. */
  readonly offset: number;
}

interface KnownSpan extends Span {
  /** When it ends, or up to when it was looked at. */
  until: number;
  ended: boolean;
}

/** How far one looks at once, in ms: no zone changes its clock twice in a day. */
const stepMs = 86_400_000;
/** Further away nothing is looked for step by step. */
const farMs = 400 * stepMs;
/** Spans that are remembered: the one that is, the one before, and one to come. */
const mostSpans = 3;

/**
 * A time zone: what its wall clock is ahead of UTC, and when that changes. It looks ahead a day at a time and remembers what it saw, so
 * that a cron of every second asks for the offset once a day.
 */
export class Zone {
  readonly #format: Intl.DateTimeFormat | undefined;
  readonly #spans: KnownSpan[] = [];

  /**
   * @param name as in the time zone database; without it the zone is that of this machine
   * @throws RangeError for a name that is none
   */
  constructor(name?: string) {
    const numeric = 'numeric';
    if (name !== undefined)
      this.#format = new Intl.DateTimeFormat('en-US', {
        timeZone: name,
        hourCycle: 'h23',
        year: numeric,
        month: numeric,
        day: numeric,
        hour: numeric,
        minute: numeric,
        second: numeric,
      });
  }

  /** What the wall clock is ahead of UTC, in ms, at a time in whole seconds. */
  offsetAt(time: number): number {
    if (!this.#format) return -new Date(time).getTimezoneOffset() * 60_000;
    const [month, day, year, hour, minute, second] = this.#format.format(time).match(/\d+/g)!.map(Number);
    return Date.UTC(year!, month! - 1, day, hour, minute, second) - time;
  }

  /** The span that holds a time. */
  spanAt(time: number): Span {
    const [first, newest] = [this.#spans[0], this.#spans.at(-1)];
    if (!first || time < first.from || time > newest!.until + farMs) {
      this.#spans.length = 0;
      this.#begin(time, this.offsetAt(time));
    }
    let span = this.#spans[0]!;
    while (!this.lasts(span, time)) span = this.#following(span);
    return span;
  }

  /** The span after one that does not last. */
  after(span: Span): Span {
    return this.#following(span as KnownSpan);
  }

  /** Whether a span holds up to a time, and that as well. */
  lasts(span: Span, time: number): boolean {
    const known = span as KnownSpan;
    while (!known.ended && known.until <= time) this.#lookOn(known);
    return time < known.until;
  }

  #following(span: KnownSpan): KnownSpan {
    const next = this.#spans[this.#spans.indexOf(span) + 1];
    if (next) return next;
    return this.#begin(span.until, this.offsetAt(span.until));
  }

  #begin(from: number, offset: number): KnownSpan {
    const span: KnownSpan = { from, offset, until: from, ended: false };
    this.#spans.push(span);
    if (this.#spans.length > mostSpans) this.#spans.shift();
    return span;
  }

  #lookOn(span: KnownSpan): void {
    let [same, other] = [span.until, span.until + stepMs];
    const ends = this.offsetAt(other) !== span.offset;
    while (ends && other - same > 1000) {
      const middle = same + Math.floor((other - same) / 2000) * 1000;
      if (this.offsetAt(middle) === span.offset) same = middle;
      else other = middle;
    }
    span.until = other;
    span.ended = ends;
  }
}
