import type { ServerEntry, ServerState } from '@pomelo-ts/cluster';
import type { Exit, ServerProcess } from '../processes/server-process.js';

/** State of a server as the master sees it: `down` has never been started or was stopped on purpose. */
export type RecordState = ServerState | 'down';

/** What the master knows of one server of the topology. */
export class ServerRecord {
  readonly entry: ServerEntry;
  /** Whether it should run: then an end is a crash. */
  wanted = false;
  bootId: string | undefined;
  process: ServerProcess | undefined;
  /** Whether its present life, or its last one, has ever been ready. */
  wasReady = false;
  /** Boot id of the life that was told to end: its end is no crash. */
  dismissed: string | undefined;
  /** When the link to its present life broke, unless it is back. */
  lostAt: number | undefined;
  /** Times it was started again after a crash. */
  restarts = 0;
  /** Crashes since it last ran well. */
  crashes = 0;
  /** How its last life ended, when it was a crash. */
  exit: Exit | undefined;
  /** What it said was wrong. */
  error: string | undefined;
  cancelRestart: () => void = () => {};
  #state: RecordState = 'down';
  readonly #listeners = new Set<() => void>();

  constructor(entry: ServerEntry) {
    this.entry = entry;
  }

  get id(): string {
    return this.entry.id;
  }

  get state(): RecordState {
    return this.#state;
  }

  /** Changes the state and tells who waits for it. */
  become(state: RecordState): void {
    this.#state = state;
    if (state === 'starting') this.wasReady = false;
    else if (state === 'ready') this.wasReady = true;
    for (const fn of [...this.#listeners]) fn();
  }

  /** Calls `fn` after each change of the state; the returned function ends that. */
  onChange(fn: () => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }
}
