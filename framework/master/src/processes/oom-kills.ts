import { readFileSync } from 'node:fs';

/** Tells whether the kernel has killed processes for want of memory; it counts them but does not say which (proc(5), `vmstat`). */
export class OomKills {
  readonly #file: string;
  #last: number;

  constructor(file = '/proc/vmstat') {
    this.#file = file;
    this.#last = this.#count();
  }

  /** Whether there was one since this was last asked. */
  happened(): boolean {
    const before = this.#last;
    this.#last = this.#count();
    return this.#last > before;
  }

  #count(): number {
    try {
      return Number(/^oom_kill (\d+)$/m.exec(readFileSync(this.#file, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0; // a system that does not tell
    }
  }
}
