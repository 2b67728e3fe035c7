import { readFileSync } from 'node:fs';
import type { Clock } from '@pomelo-ts/common';

const lookMs = 1000;
/** How old a kill may be that the end of a process is put down to, in ms. */
const freshMs = 3000;

/** Tells whether the kernel has killed processes for want of memory; it counts them but does not say which (proc(5), `vmstat`). */
export class OomKills {
  readonly #clock: Clock;
  readonly #file: string;
  readonly #stop: () => void;
  #counted: number;
  /** When those were seen that no process has been found for. */
  #unexplained: number[] = [];

  constructor(clock: Clock, file = '/proc/vmstat') {
    this.#clock = clock;
    this.#file = file;
    this.#counted = this.#count();
    this.#stop = clock.every(lookMs, () => this.#look());
  }

  /** Whether there was one just now that explains one more process that has ended by SIGKILL. */
  explainOne(): boolean {
    this.#look();
    return this.#unexplained.shift() !== undefined;
  }

  close(): void {
    this.#stop();
  }

  #look(): void {
    const now = this.#clock.now();
    const count = this.#count();
    const fresh = this.#unexplained.filter((seen) => now - seen < freshMs);
    this.#unexplained = [...fresh, ...Array<number>(Math.max(0, count - this.#counted)).fill(now)];
    this.#counted = count;
  }

  #count(): number {
    try {
      return Number(/^oom_kill (\d+)$/m.exec(readFileSync(this.#file, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0; // a system that does not tell
    }
  }
}
