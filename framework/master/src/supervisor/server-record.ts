import type { ClusterConfig, ServerEntry, ServerState } from '@pomelo-ts/cluster';
import type { Exit, ServerProcess } from '../processes/server-process.js';
import { runningEntry } from '../topology/live-fields.js';
import type { RestartPolicy } from './restart-policy.js';
import type { EndKind, ServerEnd } from './server-end.js';

/**
 * State of a server as the master sees it: `down` has never been started or was stopped on purpose, `failed` has crashed so
 * often that it is not started again by itself.
 */
export type RecordState = ServerState | 'down' | 'failed';

/** How often a server was started again, by how it had ended. */
export type RestartCounts = { [kind in EndKind]?: number };

/** What the master knows of one server of the topology. */
export class ServerRecord {
  /** As the topology has it now; a running life may have been started with another. */
  entry: ServerEntry;
  /** What is true of its present life, or of its last one. */
  running: ServerEntry;
  /** Whether something else than the master starts it: then the master does not. */
  outside: boolean;
  /** Whether it should run: then an end is a crash. */
  wanted = false;
  /**
   * Whether an operator has it drain, also in lives that the master begins by itself. Undefined while this master was told nothing of
   * that: then the server's own word counts.
   */
  drains: boolean | undefined;
  bootId: string | undefined;
  process: ServerProcess | undefined;
  /** Whether its present life, or its last one, has come to this master unasked: then nobody waits who could be told of its end. */
  cameByItself = false;
  /** Whether its present life, or its last one, has ever been ready. */
  wasReady = false;
  /** Boot id of the life that was told to end: its end is no crash. */
  dismissed: string | undefined;
  /** Boot id of the life that was killed as it hung. */
  hung: string | undefined;
  /** When the link to its present life broke, unless it is back. */
  lostAt: number | undefined;
  /** Times it was started again after a crash. */
  restarts = 0;
  /** The same, by how the life before had ended. */
  readonly restartsBy: RestartCounts = {};
  /** Times in a row that its host could not be reached to start it. */
  unreached = 0;
  /** When it is started again. */
  readonly policy: RestartPolicy;
  /** Whether it was started with what the topology no longer says. */
  outdated = false;
  /** What the topology said when it was started, while it is outdated. */
  startedAs: ClusterConfig | undefined;
  /** How its last life ended, when it was a crash. */
  exit: Exit | undefined;
  /** How its last life ended. Kept while the next one runs, until an operator starts it. */
  end: ServerEnd | undefined;
  /** What it said was wrong. */
  error: string | undefined;
  cancelRestart: () => void = () => {};
  /** Ends the watch over a life whose link is lost. */
  cancelHangWatch: () => void = () => {};
  #state: RecordState = 'down';
  readonly #listeners = new Set<() => void>();

  constructor(entry: ServerEntry, policy: RestartPolicy) {
    this.entry = entry;
    this.running = entry;
    this.outside = entry.external === true;
    this.policy = policy;
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
    else if (state === 'ready') {
      this.wasReady = true;
      this.unreached = 0;
    }
    for (const fn of [...this.#listeners]) fn();
  }

  /** It runs with what the topology says. */
  bringUpToDate(): void {
    this.outdated = false;
    this.startedAs = undefined;
  }

  /** The topology says something else of it now. */
  renew(entry: ServerEntry): void {
    if (entry.external) this.outside = true;
    else if (this.entry.external && !this.process) this.outside = false;
    this.entry = entry;
    this.running = this.process ? runningEntry(this.running, entry) : entry;
  }

  /** An operator wants it to run: its former crashes count no more. */
  beginAnew(): void {
    this.wanted = true;
    this.policy.forget();
    this.unreached = 0;
    this.end = undefined;
  }

  /** It is started again after a crash. */
  countRestart(): void {
    const { kind } = this.end ?? { kind: 'unknown' };
    this.restarts++;
    this.restartsBy[kind] = (this.restartsBy[kind] ?? 0) + 1;
  }

  /** It shall not run: its end, now or later, is no crash. */
  dismiss(): void {
    this.wanted = false;
    this.dismissed = this.bootId;
    this.cancelRestart();
  }

  /** Somebody ends this life on purpose: the next one takes new work. */
  dismissForGood(): void {
    this.dismiss();
    this.drains = undefined;
  }

  /** Calls `fn` after each change of the state; the returned function ends that. */
  onChange(fn: () => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }
}
