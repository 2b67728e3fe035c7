import type { Problem, Window } from '@pomelo-ts/views';
import type { CallRates } from './call-past.js';
import type { Figures } from './figures.js';
import type { SeenServer } from './seen-server.js';

/** What a moment is made of; each is asked for at most once. */
export interface MomentParts {
  /** In ms since 1970. */
  readonly at: number;
  readonly problems: readonly Problem[];
  readonly figures: Figures;
  seen(window: Window): readonly SeenServer[];
  calls(window: Window): readonly CallRates[];
}

/** The cluster at one moment, for all who look at it until the next one: what several ask for is made once. */
export class Moment {
  readonly #parts: MomentParts;
  readonly #seen = new Map<Window, readonly SeenServer[]>();
  readonly #calls = new Map<Window, readonly CallRates[]>();

  constructor(parts: MomentParts) {
    this.#parts = parts;
  }

  get at(): number {
    return this.#parts.at;
  }

  /** The worst first. */
  get problems(): readonly Problem[] {
    return this.#parts.problems;
  }

  /** What the whole cluster did in the last 10 seconds. */
  get figures(): Figures {
    return this.#parts.figures;
  }

  /** All servers, with their rates over a window. */
  seen(window: Window): readonly SeenServer[] {
    return once(this.#seen, window, () => this.#parts.seen(window));
  }

  /** All requests and calls over a window. */
  calls(window: Window): readonly CallRates[] {
    return once(this.#calls, window, () => this.#parts.calls(window));
  }
}

function once<K, V>(made: Map<K, V>, key: K, make: () => V): V {
  const known = made.get(key);
  if (known !== undefined) return known;
  const value = make();
  made.set(key, value);
  return value;
}
