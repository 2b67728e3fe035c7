import { PomeloError } from '@pomelo-ts/common';

/** What an operation has for itself while it is carried out. */
export interface Needs {
  /** Ids of servers; `all` are also those that there will be. */
  readonly servers: readonly string[] | 'all';
  /** Whether nobody else may change which servers there are. */
  readonly topology: boolean;
}

/** An operation that wants its turn. */
export interface TurnRequest {
  /** Such as `restart of chat-1`, for those who wait for it. */
  readonly name: string;
  /** What those who wait are told beside its name: that it is paused, say. Empty where there is nothing. */
  aside?(): string;
  readonly needs: Needs;
  /** Told what goes first, and again when that has ended and another one is still before it. */
  onWait(operation: string): void;
  /** Ends the waiting; of no matter once it is carried out. */
  readonly signal?: AbortSignal | undefined;
}

/** Has an operation that is carried out take servers that have just come to be, and that nobody else knows of. */
export type Widen = (ids: readonly string[]) => void;

interface Entry {
  readonly request: TurnRequest;
  needs: Needs;
  /** Undefined once it is carried out. */
  waiting: { begin(): void; refuse(error: unknown): void } | undefined;
  /** The one that it was last told of. */
  told: Entry | undefined;
}

/** Most operations that wait: each is somebody's connection, and whoever comes later is told so at once. */
const mostWaiting = 200;

/**
 * Whose turn it is: operations that need the same wait for each other, others go side by side. All that one needs it gets at once,
 * so none holds anything while it waits, and there is no deadlock. Whoever came before goes before, be it that it only waits itself:
 * so one that needs everything is not kept waiting by ever more that need little.
 */
export class OperationTurns {
  /** Those that are carried out or wait, in the order in which they came. */
  readonly #entries: Entry[] = [];
  #last: string | undefined;

  /**
   * Carries out `work` when nothing before needs what it needs.
   *
   * @throws MASTER_BUSY when the last operation has begun, or too many wait; the reason of `signal`
   */
  async take<T>(request: TurnRequest, work: (widen: Widen) => Promise<T>): Promise<T> {
    this.#refuseAfterLast();
    const waiting = this.#entries.filter((entry) => entry.waiting);
    if (waiting.length >= mostWaiting) throw busyWith(`${waiting.length} operations that wait`);
    const entry: Entry = { request, needs: request.needs, waiting: undefined, told: undefined };
    this.#entries.push(entry);
    try {
      await this.#turnOf(entry);
      return await work((ids) => this.#widen(entry, ids));
    } finally {
      this.#entries.splice(this.#entries.indexOf(entry), 1);
      this.#look();
    }
  }

  /**
   * Begins the last operation: it does not wait, and none comes after it; those that wait are refused.
   *
   * @throws MASTER_BUSY when another is under way or waits and `interrupt` is false.
   */
  beginLast(name: string, interrupt: boolean): void {
    if (!interrupt) {
      this.#refuseAfterLast();
      const [first] = this.#entries;
      if (first) throw busyWith(first.request.name);
    }
    this.#last ??= name;
    for (const { waiting } of [...this.#entries]) waiting?.refuse(busyWith(this.#last));
  }

  #turnOf(entry: Entry): Promise<void> {
    const { signal } = entry.request;
    return new Promise((resolve, reject) => {
      const abort = () => settle(() => reject(signal!.reason));
      const settle = (act: () => void) => {
        entry.waiting = undefined;
        signal?.removeEventListener('abort', abort);
        act();
      };
      entry.waiting = {
        begin: () => settle(resolve),
        refuse: (error) => settle(() => reject(error)),
      };
      if (signal?.aborted) abort();
      signal?.addEventListener('abort', abort);
      this.#look();
    });
  }

  /** Lets those begin that nothing before keeps from it, and tells the others what does. */
  #look(): void {
    for (const [index, entry] of this.#entries.entries()) {
      if (!entry.waiting) continue;
      const before = this.#entries.slice(0, index).find((other) => clash(other.needs, entry.needs));
      if (!before) entry.waiting.begin();
      else if (before !== entry.told) {
        entry.told = before;
        entry.request.onWait(before.request.name + (before.request.aside?.() ?? ''));
      }
    }
  }

  #widen(entry: Entry, ids: readonly string[]): void {
    const { servers, topology } = entry.needs;
    if (servers !== 'all') entry.needs = { servers: [...servers, ...ids], topology };
  }

  #refuseAfterLast(): void {
    if (this.#last !== undefined) throw busyWith(this.#last);
  }
}

function clash(a: Needs, b: Needs): boolean {
  if (a.topology && b.topology) return true;
  if (a.servers === 'all') return b.servers === 'all' || b.servers.length > 0 || b.topology;
  if (b.servers === 'all') return a.servers.length > 0 || a.topology;
  const few = new Set(a.servers);
  return b.servers.some((id) => few.has(id));
}

const busyWith = (operation: string) => new PomeloError('MASTER_BUSY', { operation });
