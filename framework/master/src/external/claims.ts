import type { ServerEntry } from '@pomelo-ts/cluster';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { type Clock, PomeloError } from '@pomelo-ts/common';
import type { ServerRecord } from '../supervisor/server-record.js';

/** Which server somebody wants to run: one, or any that is free of a type. */
export interface ClaimRequest {
  readonly id?: string;
  readonly type?: string;
  /** Boot id of the process that is to begin. */
  readonly bootId: string;
}

/** The server that is theirs now, or why none is. */
export type ClaimAnswer = { readonly granted: ServerEntry } | { readonly taken: string };

/** What {@link Claims} work with. */
export interface ClaimParts {
  readonly hub: LinkHub;
  readonly clock: Clock;
  records(): readonly ServerRecord[];
  /** How long a process may take from its claim to its joining. */
  joinMs(): number;
}

interface OpenClaim {
  readonly bootId: string;
  /** Ends the time that it has to join. */
  readonly cancel: () => void;
  /** It does not join any more. */
  readonly late: () => void;
}

/** Decides who runs a server that the master does not start itself: no two get the same. */
export class Claims {
  readonly #parts: ClaimParts;
  /** Ids that are given away and have not joined yet. */
  readonly #open = new Map<string, OpenClaim>();

  constructor(parts: ClaimParts) {
    this.#parts = parts;
    parts.hub.on('serverJoined', ({ id }) => this.#close(id));
  }

  /** Gives a server away. @throws SERVER_NOT_IN_TOPOLOGY */
  claim({ bootId, ...wish }: ClaimRequest): ClaimAnswer {
    const { id, type } = wish;
    const all = this.#parts.records();
    const meant = this.#meant(wish);
    if (meant.length === 0) {
      const known = new Set(all.map((record) => (id === undefined ? record.entry.type : record.id)));
      throw new PomeloError('SERVER_NOT_IN_TOPOLOGY', {
        name: id ?? type ?? '',
        known: [...known].join(', '),
      });
    }
    const free =
      meant.find((record) => this.#isFree(record)) ?? (id === undefined ? undefined : lostOf(meant));
    if (!free) return { taken: id === undefined ? allTaken(type!, meant) : this.#whyTaken(meant[0]!) };
    this.#give(free, bootId);
    return { granted: free.entry };
  }

  /** Ids of the servers that a claim may be about. */
  meant(wish: Pick<ClaimRequest, 'id' | 'type'>): readonly string[] {
    return this.#meant(wish).map(({ id }) => id);
  }

  /** Takes back what was given to a process that has ended before it joined. */
  release(id: string, bootId: string): void {
    const claim = this.#open.get(id);
    if (claim?.bootId !== bootId) return;
    claim.cancel();
    claim.late();
  }

  #meant({ id, type }: Pick<ClaimRequest, 'id' | 'type'>): readonly ServerRecord[] {
    const all = this.#parts.records();
    return all.filter((record) => (id === undefined ? record.entry.type === type : record.id === id));
  }

  #isFree({ id, process, wanted }: ServerRecord): boolean {
    return !process && !wanted && !this.#open.has(id);
  }

  #give(record: ServerRecord, bootId: string): void {
    const { hub, clock, joinMs } = this.#parts;
    const { id, outside } = record;
    record.dismiss();
    record.process?.kill('SIGKILL'); // of an older life nothing is heard: it ends when it comes back
    record.outside = true;
    record.error = undefined;
    hub.expect(id, bootId);
    hub.admit(id);
    const late = (): void => {
      this.#open.delete(id);
      record.outside = outside;
      hub.expel(id, bootId); // whoever comes with it now must claim it again
    };
    this.#open.set(id, { bootId, cancel: clock.after(joinMs(), late), late });
  }

  #close(id: string): void {
    this.#open.get(id)?.cancel();
    this.#open.delete(id);
  }

  #whyTaken(record: ServerRecord): string {
    const { id, process, outside, state, running } = record;
    if (this.#open.has(id)) return `another process is just beginning as ${id}`;
    if (!process) return `the master is about to start ${id} again; pomelo-ts stop ${id} leaves it to others`;
    if (outside) return `${id} runs already (pid ${process.pid} on ${running.host}, ${state})`;
    return `the master runs ${id} (pid ${process.pid} on ${running.host}); pomelo-ts stop ${id} leaves it to others`;
  }
}

/** Of somebody who asks for one server by name, its link counts: without it the former life is given up. */
const lostOf = ([record]: readonly ServerRecord[]) =>
  record?.outside && record.process && record.lostAt !== undefined ? record : undefined;

const allTaken = (type: string, meant: readonly ServerRecord[]) =>
  `all ${meant.length} servers of type ${type} are taken: ${meant.map(({ id }) => id).join(', ')}`;
