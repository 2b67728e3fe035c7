import type { TraceLine } from './trace-line.js';

/** Most lines of one second, and most that wait to be fetched; what is more is counted. */
const mostASecond = 200;
const mostWaiting = 500;
/** Most requests of which is remembered when they came. */
const mostPending = 1000;
/** Longest text of a line, in characters. */
const longestText = 200;

/** A request that has no answer yet. */
interface Pending {
  readonly route: string;
  /** By a clock that only goes on. */
  readonly since: number;
}

/** What one operator is told of one user by one server, until it is fetched. */
export class Trace {
  #lines: TraceLine[] = [];
  #lost = 0;
  #second = 0;
  #ofSecond = 0;
  readonly #pending = new Map<string, Pending>();

  note(line: Omit<TraceLine, 'at'>): void {
    const at = Date.now();
    const second = Math.floor(at / 1000);
    if (second !== this.#second) {
      this.#second = second;
      this.#ofSecond = 0;
    }
    if (++this.#ofSecond > mostASecond || this.#lines.length >= mostWaiting) {
      this.#lost++;
      return;
    }
    this.#lines.push({ at, ...line, what: line.what.slice(0, longestText) });
  }

  begun(key: string, route: string): void {
    if (this.#pending.size < mostPending) this.#pending.set(key, { route, since: performance.now() });
  }

  /** The request that is answered now; undefined for one that came before the trace. */
  settled(key: string): { readonly route: string; readonly ms: number } | undefined {
    const pending = this.#pending.get(key);
    if (!pending) return undefined;
    this.#pending.delete(key);
    return { route: pending.route, ms: since(pending.since) };
  }

  /** What has come since the last time, and how many lines were left out. */
  take(): { readonly lines: readonly TraceLine[]; readonly lost: number } {
    const taken = { lines: this.#lines, lost: this.#lost };
    this.#lines = [];
    this.#lost = 0;
    return taken;
  }
}

/** Milliseconds since then, to a tenth. */
export const since = (then: number): number => Math.round((performance.now() - then) * 10) / 10;
