import type { Slot, TickPush } from '../../../app/contract.js';

/** A player at one moment. */
export interface Spot {
  readonly x: number;
  readonly y: number;
  /** Bits of `marks`. */
  readonly marks: number;
}

interface Frame {
  readonly tick: number;
  readonly spots: ReadonlyMap<Slot, Spot>;
}

/** Frames kept; a second is enough for any hiccup that can still be smoothed over. */
const framesKept = 20;
/** Nobody runs this far in a tick: who does was put there, and is not shown on the way. */
const jump = 150;
/** How fast the guess at the server's clock gives way, in ms each tick, when packets come later than they used to. */
const drift = 0.5;

/**
 * Turns ticks that come about every 50 ms into smooth motion: what is shown lies a little in the past, between two ticks
 * that are both known.
 */
export class Timeline {
  readonly #tickMs: number;
  #frames: Frame[] = [];
  /** Local time minus server time, of the quickest packets. */
  #offset = Number.POSITIVE_INFINITY;

  constructor(tickMs: number) {
    this.#tickMs = tickMs;
  }

  /** A tick has come at local time `now`. */
  add({ tick, moved = [] }: TickPush, now: number): void {
    const last = this.#frames.at(-1);
    if (last && tick < last.tick) this.#restart();
    const spots = new Map(this.#frames.at(-1)?.spots);
    for (let i = 0; i + 3 < moved.length; i += 4) {
      spots.set(moved[i]!, { x: moved[i + 1]!, y: moved[i + 2]!, marks: moved[i + 3]! });
    }
    this.#offset = Math.min(this.#offset + drift, now - tick * this.#tickMs);
    this.#frames.push({ tick, spots });
    if (this.#frames.length > framesKept) this.#frames.shift();
  }

  /** Forgets who is not in `slots`. */
  keep(slots: ReadonlySet<Slot>): void {
    this.#frames = this.#frames.map(({ tick, spots }) => ({
      tick,
      spots: new Map([...spots].filter(([slot]) => slots.has(slot))),
    }));
  }

  /** Everybody as of `delayMs` before `now`. */
  at(now: number, delayMs: number): Map<Slot, Spot> {
    const tick = (now - this.#offset - delayMs) / this.#tickMs;
    const next = this.#frames.findIndex((frame) => frame.tick > tick);
    if (next < 0) return new Map(this.#frames.at(-1)?.spots);
    const after = this.#frames[next]!;
    const before = this.#frames[next - 1];
    if (!before) return new Map(after.spots);
    const share = (tick - before.tick) / (after.tick - before.tick);
    return new Map([...after.spots].map(([slot, to]) => [slot, between(before.spots.get(slot), to, share)]));
  }

  /** The last that is known. */
  get latest(): ReadonlyMap<Slot, Spot> {
    return this.#frames.at(-1)?.spots ?? new Map();
  }

  #restart(): void {
    this.#frames = [];
    this.#offset = Number.POSITIVE_INFINITY;
  }
}

function between(from: Spot | undefined, to: Spot, share: number): Spot {
  if (!from || Math.hypot(to.x - from.x, to.y - from.y) > jump) return to;
  return {
    x: from.x + (to.x - from.x) * share,
    y: from.y + (to.y - from.y) * share,
    marks: to.marks,
  };
}
