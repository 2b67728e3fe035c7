import { EventEmitter } from 'node:events';
import type {
  CoordinationStore,
  StoreChange,
  StoreCondition,
  StoredValue,
  StoreLease,
} from '@pomelo-ts/cluster';
import { type Clock, type Logger, silentLogger, systemClock } from '@pomelo-ts/common';
import {
  type Candidate,
  isSame,
  type Leader,
  leaderKey,
  leaderOf,
  officeText,
  termBaseKey,
} from './leadership/leader.js';
import { LeasedTenure, type Tenure } from './leadership/tenure.js';
import { Wake } from './leadership/wake.js';

/** Settings of a {@link Leadership}. */
export interface LeadershipOptions {
  readonly store: CoordinationStore;
  /** What this master tells the others of itself. */
  readonly self: Candidate;
  /** Lease of the office, in ms. */
  readonly ttlMs: number;
  /** How long before the end of its lease a master stops, in ms: for what is under way then. @default a sixth of `ttlMs` */
  readonly marginMs?: number;
  /** Milliseconds since 1970: where the terms of a new store begin. @default Date.now */
  readonly wallTime?: () => number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** Events of a {@link Leadership}. */
export interface LeadershipEvents {
  elected: [Tenure];
  /** Told at once when the tenure ends, with the reason; not after {@link Leadership.resign}. */
  deposed: [string];
  /** Who leads, as the store tells it; undefined while nobody does. */
  leader: [Leader | undefined];
}

interface Office {
  readonly tenure: LeasedTenure;
  readonly lease: StoreLease;
  /** Revision of the making of its key. */
  readonly created: number;
  cancelDeadline(): void;
}

/**
 * One master's part in who leads: whoever makes the key `leader` in the coordination store, for as long as its lease is
 * kept. A tenure ends by this process' own monotonic clock, counted from before each word to the store, so a master that
 * was cut off or paused stops before the store lets another one in.
 */
export class Leadership extends EventEmitter<LeadershipEvents> {
  readonly #options: LeadershipOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #marginMs: number;
  readonly #wake: Wake;
  #office: Office | undefined;
  #leader: Leader | undefined;
  /** What terms are above revisions. */
  #base = 0;
  #endWatch: () => void = () => {};
  #going: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: LeadershipOptions) {
    super();
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#marginMs = options.marginMs ?? options.ttlMs / 6;
    this.#wake = new Wake(this.#clock);
  }

  /** The tenure of this master, while it leads. */
  get tenure(): Tenure | undefined {
    const { tenure } = this.#office ?? {};
    return tenure?.holds() ? tenure : undefined;
  }

  /** Who leads, as last seen. */
  get leader(): Leader | undefined {
    return this.#leader;
  }

  /**
   * Begins to follow who leads, and to take the office when nobody has it, until {@link resign}. Resolves when it is known whether
   * this master leads now.
   *
   * @throws STORE_UNREACHABLE, STORE_REFUSED when the store does not work from the beginning; later it tries again.
   */
  async begin(): Promise<void> {
    const { store } = this.#options;
    this.#base = await this.#termBase();
    this.#endWatch = await store.watch(
      leaderKey,
      (change) => this.#hear(change),
      () => this.#wake.now(),
    );
    try {
      await this.#campaign();
    } catch (error) {
      this.#endWatch();
      throw error;
    }
    this.#going = this.#goOn();
  }

  /** Asks the store who leads. @throws STORE_UNREACHABLE */
  async look(): Promise<Leader | undefined> {
    const held = await this.#options.store.get(leaderKey);
    return held && leaderOf(held, this.#base);
  }

  /** What must hold for a change to the store that only the leader of this term may make. */
  guardOf({ term }: Tenure): StoreCondition {
    return { guard: { key: leaderKey, created: term - this.#base } };
  }

  /** Gives the office up and takes no further part; another master can lead at once. */
  async resign(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#endWatch();
    this.#wake.now();
    const office = this.#leave();
    if (office) await this.#options.store.revoke(office.lease);
    await this.#going; // a campaign that was under way gives back what it got
  }

  /**
   * Terms begin at the time when the store was first used, as those of a `memory` store do: so they also rise when a cluster
   * changes its store, or has lost it.
   */
  async #termBase(): Promise<number> {
    const { store, wallTime = Date.now } = this.#options;
    const free = { condition: { revision: 0 } };
    const made = await store.put(termBaseKey, String(wallTime()), free);
    return Number((made ?? (await store.get(termBaseKey)))?.value ?? 0);
  }

  async #goOn(): Promise<void> {
    const { ttlMs } = this.#options;
    let failed = false;
    while (!this.#closed) {
      const pace = this.#office ? ttlMs / 6 : ttlMs;
      await this.#wake.after(failed ? ttlMs / 20 : pace);
      if (this.#closed) return;
      try {
        await (this.#office ? this.#keep(this.#office) : this.#campaign());
        failed = false;
      } catch (error) {
        if (!failed)
          this.#logger.warn('Who leads could not be found out from the coordination store; trying again.', {
            error,
          });
        failed = true;
      }
    }
  }

  /** Takes the office when nobody has it. */
  async #campaign(): Promise<void> {
    const { store, self, ttlMs } = this.#options;
    const held = await store.get(leaderKey);
    this.#see(held);
    if (held) return;
    const begun = this.#clock.now();
    const lease = await store.grant(ttlMs);
    const won = await this.#take(officeText(self, lease.id), lease);
    if (!won || this.#closed || !this.#elected(won.created, lease, begun)) await store.revoke(lease);
  }

  /** Writes the office's key; what became of a write without an answer is found out. */
  async #take(text: string, lease: StoreLease): Promise<StoredValue | undefined> {
    const { store } = this.#options;
    const free = { lease, condition: { revision: 0 } };
    const written = await store.put(leaderKey, text, free).catch((error: unknown) => {
      this.#logger.debug('Whether this master was elected is not known yet.', { error });
      return undefined;
    });
    if (written) return written;
    const held = await store.get(leaderKey);
    return held?.value === text ? held : undefined;
  }

  /** False when it took so long to hear of it that the lease may have run out. */
  #elected(created: number, lease: StoreLease, since: number): boolean {
    const term = this.#base + created;
    const tenure = new LeasedTenure(term, this.#endOf(lease, since), this.#clock);
    if (!tenure.holds()) return false;
    this.#office = { tenure, lease, created, cancelDeadline: () => {} };
    this.#watchDeadline(this.#office);
    this.#know({ ...this.#options.self, term });
    this.emit('elected', tenure);
    return true;
  }

  async #keep(office: Office): Promise<void> {
    const sent = this.#clock.now();
    const kept = await this.#options.store.keepAlive(office.lease);
    if (this.#office !== office) return;
    if (!kept) {
      this.#depose('its lease had run out');
      return;
    }
    office.tenure.extend(this.#endOf(office.lease, sent));
    this.#watchDeadline(office);
  }

  /** A store that is told at `sent` keeps the lease at least this long. */
  #endOf({ ttlMs }: StoreLease, sent: number): number {
    return sent + ttlMs - this.#marginMs;
  }

  #watchDeadline(office: Office): void {
    const { tenure } = office;
    office.cancelDeadline();
    if (!tenure.holds()) {
      this.#depose('its lease was not extended in time');
      return;
    }
    office.cancelDeadline = this.#clock.after(tenure.leftMs, () => {
      if (this.#office !== office) return;
      if (tenure.holds())
        this.#watchDeadline(office); // a timer may come a moment early
      else this.#depose('its lease was not extended in time');
    });
  }

  #hear(change: StoreChange): void {
    const held = 'put' in change && change.put.key === leaderKey ? change.put : undefined;
    if (!held && !('deleted' in change && change.deleted === leaderKey)) return;
    if (this.#office) void this.#verify(this.#office);
    else this.#see(held);
    if (!held) this.#wake.now();
  }

  /** What a watch tells may be older than this office, so the store is asked. */
  async #verify(office: Office): Promise<void> {
    try {
      const held = await this.#options.store.get(leaderKey);
      if (this.#office === office && held?.created !== office.created)
        this.#depose('the office was taken from it');
    } catch (error) {
      this.#logger.debug('Whether this master still leads is told by its lease alone.', { error });
    }
  }

  /** Takes note of who has the office. Its own name there is that of a tenure which has ended, or of one it has yet to hear of. */
  #see(held: StoredValue | undefined): void {
    const leader = held && leaderOf(held, this.#base);
    this.#know(leader && isSame(leader, this.#options.self) ? undefined : leader);
  }

  #know(leader: Leader | undefined): void {
    if (this.#leader?.term === leader?.term) return;
    this.#leader = leader;
    this.emit('leader', leader);
  }

  #depose(reason: string): void {
    const office = this.#leave();
    if (!office) return;
    this.emit('deposed', reason);
    // What is left of the lease would only keep the others waiting; it runs out by itself when the store is away.
    this.#options.store.revoke(office.lease).catch((error: unknown) => {
      this.#logger.debug('The lease of a former tenure could not be given back.', { error });
    });
    this.#wake.now();
  }

  #leave(): Office | undefined {
    const office = this.#office;
    this.#office = undefined;
    office?.tenure.end();
    office?.cancelDeadline();
    if (office) this.#know(undefined);
    return office;
  }
}
