import type { Clock } from '@pomelo-ts/common';
import { lives, type ProcessRecord } from './process-records.js';
import type { Exit } from './server-process.js';

const lookMs = 50;

interface Followed {
  readonly record: ProcessRecord;
  readonly onEnd: (exit: Exit) => void;
  killed: boolean;
}

/** Processes that are no children of this one: only by looking can their end be seen, and nothing tells how they ended. */
export class FollowedProcesses {
  readonly #clock: Clock;
  readonly #followed = new Map<string, Followed>();
  #stopLooking: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `onEnd` once when the process has ended. */
  follow(record: ProcessRecord, onEnd: (exit: Exit) => void): void {
    this.#followed.set(record.bootId, { record, onEnd, killed: false });
    this.#stopLooking ??= this.#clock.every(lookMs, () => this.#look());
  }

  /** Signals a process that is followed here; false when none with this boot id is. */
  kill(bootId: string, signal: 'SIGTERM' | 'SIGKILL'): boolean {
    const followed = this.#followed.get(bootId);
    if (!followed) return false;
    if (signalProcess(followed.record, signal)) followed.killed ||= signal === 'SIGKILL';
    return true;
  }

  close(): void {
    this.#stopLooking?.();
    this.#stopLooking = undefined;
    this.#followed.clear();
  }

  #look(): void {
    for (const [bootId, { record, onEnd, killed }] of this.#followed) {
      if (lives(record)) continue;
      this.#followed.delete(bootId);
      onEnd({ code: null, signal: killed ? 'SIGKILL' : null });
    }
    if (this.#followed.size > 0) return;
    this.#stopLooking?.();
    this.#stopLooking = undefined;
  }
}

/** Signals the process of a record, and no other that was given its pid since; false when it has ended. */
export function signalProcess(record: ProcessRecord, signal: 'SIGTERM' | 'SIGKILL'): boolean {
  if (!lives(record)) return false;
  try {
    return process.kill(record.pid, signal);
  } catch {
    return false; // it has ended meanwhile
  }
}
