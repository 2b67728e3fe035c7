/** One instant, in ms since 1970, and what the wall clock of a zone shows then, as a clock of UTC would show it. */
export interface Shown {
  readonly at: number;
  readonly wall: number;
}

/** A stretch of time without a change of the clock. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
}

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;

/** Reads a zone's wall clock by Intl and by nothing else. */
export class WallClock {
  readonly #format: Intl.DateTimeFormat;

  constructor(timeZone: string) {
    this.#format = new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
  }

  /** What it shows; the format is `2026-10-25 02:30:00`. */
  at(time: number): number {
    return Date.parse(`${this.#format.format(time).replace(' ', 'T')}Z`);
  }

  /** What it shows from minute to minute, or in other steps. */
  walk(from: number, to: number, stepMs = minuteMs): Shown[] {
    const shown: Shown[] = [];
    for (let at = from; at <= to; at += stepMs) shown.push({ at, wall: this.at(at) });
    return shown;
  }

  /** The stretches without a change between two times: walks days, then the hours and minutes of those in which it changes. */
  stretches(from: number, to: number): Stretch[] {
    const changes = this.#changes(from, to);
    const begins = [from, ...changes];
    return begins.map((begin, index) => ({
      from: begin,
      to: begins[index + 1] ?? to,
      offset: this.at(begin) - begin,
    }));
  }

  #changes(from: number, to: number): number[] {
    let found = [from];
    let span = to - from;
    for (const stepMs of [dayMs, hourMs, minuteMs]) {
      found = found.flatMap((begin) => this.#stepsThatChange(begin, begin + span, stepMs));
      span = stepMs;
    }
    return found.map((before) => before + minuteMs);
  }

  /** Where one step later the clock is another way ahead of UTC. */
  #stepsThatChange(from: number, to: number, stepMs: number): number[] {
    const steps: number[] = [];
    let offset = this.at(from) - from;
    for (let at = from; at < to; at += stepMs) {
      const next = this.at(at + stepMs) - at - stepMs;
      if (next !== offset) steps.push(at);
      offset = next;
    }
    return steps;
  }
}
