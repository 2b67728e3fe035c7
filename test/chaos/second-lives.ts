import { readFileSync } from 'node:fs';
import type { NetLab } from '../helpers/netlab.js';

const lookMs = 100;

/** One look: the processes of a server that live, by its id. */
export type Lives = ReadonlyMap<string, readonly number[]>;

/**
 * The processes of servers on all hosts, seen from outside. Each server's node has `--title=pomelo-<id>`, which becomes its whole command
 * line.
 */
export function livesIn(lab: Pick<NetLab, 'hosts'>): Lives {
  const lives = new Map<string, number[]>();
  for (const pid of lab.hosts.flatMap(({ pids }) => pids)) {
    const id = idOf(pid);
    if (id !== undefined) lives.set(id, [...(lives.get(id) ?? []), pid]);
  }
  return lives;
}

function idOf(pid: number): string | undefined {
  try {
    const [title] = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
    const id = /^pomelo-(\S+)/.exec(title ?? '')?.[1];
    return id !== undefined && !/^.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1')) ? id : undefined;
  } catch {
    return undefined; // it ended meanwhile
  }
}

/** Watches for servers that have two processes at once. */
export class SecondLives implements Disposable {
  /** Longest time in ms that a server had two processes, by its id; 0 for one that was only ever seen with one. */
  readonly longest = new Map<string, number>();
  readonly #since = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(lab: Pick<NetLab, 'hosts'>) {
    this.#timer = setInterval(() => this.look(livesIn(lab), performance.now()), lookMs);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** Takes in what there is at a time in ms. */
  look(lives: Lives, now: number): void {
    for (const [id, pids] of lives) {
      if (pids.length < 2) this.#since.delete(id);
      const since = pids.length < 2 ? now : (this.#since.get(id) ?? now);
      if (pids.length >= 2) this.#since.set(id, since);
      this.longest.set(id, Math.max(this.longest.get(id) ?? 0, now - since));
    }
  }
}
