import {
  type Clock,
  type ErrorCode,
  isPomeloError,
  type Logger,
  PomeloError,
  reasonOf,
  silentLogger,
  systemClock,
} from '@pomelo-ts/common';
import { shown } from '@pomelo-ts/common/internal';
import type { CoordinationStore, StoreCondition } from '../coordination/store.js';
import { HeldUntil } from './held-until.js';
import {
  type LeaseGrant,
  type LeaseHolder,
  type LeaseQuestions,
  leaseTimes,
  problemOfLeaseName,
} from './lease-messages.js';
import type { LeaseNotes } from './lease-notes.js';
import { keyOfLease, type LeaseRecord, recordOf, textOfLease } from './lease-record.js';
import { Turns } from './turns.js';

/** Settings of a {@link LeaseService}. */
export interface LeaseServiceOptions {
  readonly store: CoordinationStore;
  readonly notes: LeaseNotes;
  /**
   * The key that must still be this master's for it to grant anything; undefined where only one master can be. May throw
   * while this master does not lead: whoever asks is told LEASE_UNAVAILABLE with its message.
   */
  readonly guard?: () => StoreCondition['guard'];
  /** Most leases that one server may hold. @default 10000 */
  readonly maxHeld?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** A lease that somebody holds. */
export interface HeldLease {
  readonly name: string;
  /** Who holds it. */
  readonly server: string;
  /** Higher than all before it. */
  readonly token: number;
  /** How long it is held without a renewal, in ms. */
  readonly ttlMs: number;
  /** How long it is held yet, if it is not renewed, in ms. */
  readonly leftMs: number;
}

/**
 * How much longer the store keeps a lease than it is held, in ms. Who may hold it is judged by the clock of the master that leads: a store
 * of several members may let one run out too early, as a member of etcd that led before and was slow can
 * (github.com/etcd-io/etcd/issues/15247), and an early end would give it to two.
 */
const keptLongerMs = 60_000;

/** Most leases that are told apart by their numbers: as many as there are ids of workers. */
const mostOfOneKind = 65_536;

type Answer = LeaseGrant | { readonly ttlMs: number } | boolean;

/**
 * Gives leases to servers, on behalf of the leading master: each has one holder at a time, a time that the holder extends, and
 * a token that is higher than all before it. The store keeps them, so a master that takes over goes on with what is held: what it has
 * not seen renewed is held for its whole time from when it began to lead. Where the store is only in memory, a new master first waits for as long as a lease of the former one
 * may be held; meanwhile whoever holds one claims it with its token and goes on.
 */
export class LeaseService {
  readonly #options: LeaseServiceOptions;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #turns = new Turns();
  readonly #grantsFrom: number;
  readonly #held: HeldUntil;
  /** What each life has been granted since it was last counted. */
  readonly #granted = new Map<string, number>();

  constructor(options: LeaseServiceOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#held = new HeldUntil(this.#clock);
    this.#grantsFrom = this.#clock.now() + options.notes.formerMs;
  }

  /** Whether `command` is a question about leases. */
  knows(command: string): command is keyof LeaseQuestions {
    return Object.hasOwn(answers, command);
  }

  /**
   * Answers what a server asks with `MasterLink.ask`.
   *
   * @throws LEASE_TAKEN, LEASE_LOST, LEASE_NAME_INVALID; LEASE_UNAVAILABLE when the store does not answer, when this master does
   * not lead, and while it waits for holders of before.
   */
  async serve(holder: LeaseHolder, command: keyof LeaseQuestions, args: unknown): Promise<Answer> {
    const { name, prefix } = args as { name?: string; prefix?: string };
    try {
      return await answers[command](this, holder, args as never);
    } catch (error) {
      if (isPomeloError(error) && ours.has(error.code)) throw error;
      throw new PomeloError('LEASE_UNAVAILABLE', { name: name ?? `${prefix}*`, reason: reasonOf(error) });
    }
  }

  async take(holder: LeaseHolder, { name, ttlMs }: LeaseQuestions['lease.take']): Promise<LeaseGrant> {
    this.#check(name, ttlMs);
    const waitMs = Math.ceil(this.#grantsFrom - this.#clock.now());
    if (waitMs > 0) {
      const reason = `the master was started anew and waits ${waitMs} ms for whoever may hold it since before`;
      throw new PomeloError('LEASE_UNAVAILABLE', { name, reason });
    }
    return this.#turns.take(name, async () => {
      const present = await this.#find(name);
      // An answer was lost on its way to the holder: it takes the lease anew, with a new token.
      if (present && (present.holder.bootId === holder.bootId || this.#held.isOver(present)))
        await this.#end(present);
      else if (present) throw new PomeloError('LEASE_TAKEN', { name, holder: present.holder.id });
      else this.#checkFree(holder, name);
      return this.#grant(holder, name, ttlMs);
    });
  }

  async takeOne(
    holder: LeaseHolder,
    { prefix, count, ttlMs }: LeaseQuestions['lease.takeOne'],
  ): Promise<LeaseGrant> {
    this.#check(`${prefix}0`, ttlMs);
    if (!Number.isInteger(count) || count < 1 || count > mostOfOneKind)
      throw new Error(`expected a count from 1 to ${mostOfOneKind}, got ${count}`);
    return this.#turns.take(`${prefix}*`, async () => {
      const held = (await this.#all(prefix)).filter((record) => !this.#held.isOver(record));
      const taken = new Set(held.map((record) => record.name));
      const marks = await this.#options.notes.marks(prefix);
      const markOf = (name: string): number => marks.get(name) ?? 0;
      const free = Array.from({ length: count }, (_, number) => `${prefix}${number}`)
        .filter((name) => !taken.has(name))
        .sort((a, b) => markOf(a) - markOf(b));
      if (!free[0]) {
        const reason = `all ${count} of them are held`;
        throw new PomeloError('LEASE_UNAVAILABLE', { name: `${prefix}*`, reason });
      }
      return this.take(holder, { name: free[0], ttlMs });
    });
  }

  async renew(
    holder: LeaseHolder,
    { name, token, ttlMs, mark }: LeaseQuestions['lease.renew'],
  ): Promise<{ readonly ttlMs: number }> {
    this.#check(name, ttlMs);
    if (!Number.isInteger(token)) throw lost(name, 0, 'no token was told');
    return this.#turns.take(name, async () => {
      const present = await this.#find(name);
      if (present) this.#checkRenewal(present, holder, { name, token, ttlMs });
      else if (this.#clock.now() >= this.#grantsFrom && !this.#isHeldBy(holder, name, token))
        throw lost(name, token, 'its time has run out');
      const record = present ?? (await this.#claim(holder, name, token, ttlMs));
      if (present && !(await this.#options.store.keepAlive(present.time)))
        throw lost(name, token, 'its time has run out');
      if (mark !== undefined) {
        const guard = { key: record.stored.key, created: record.stored.created };
        if (!(await this.#options.notes.raise(name, mark, guard)))
          throw lost(name, token, 'its time has run out');
      }
      await this.#requireOffice();
      this.#held.note(name, holder, token, ttlMs);
      return { ttlMs };
    });
  }

  /** False when it was not held with this token any more. */
  async release(holder: LeaseHolder, { name, token }: LeaseQuestions['lease.release']): Promise<boolean> {
    return this.#turns.take(name, async () => {
      const present = await this.#find(name);
      if (!present && this.#isHeldBy(holder, name, token)) {
        this.#held.forget(name);
        return true;
      }
      if (present?.token !== token || present.holder.bootId !== holder.bootId) return false;
      await this.#end(present);
      return true;
    });
  }

  /** The first leases by name that are held, and how many there are. @throws what the store says */
  async held(
    prefix: string,
    limit: number,
  ): Promise<{ readonly leases: readonly HeldLease[]; readonly total: number }> {
    const held = (await this.#all(prefix)).filter((record) => !this.#held.isOver(record));
    const first = held.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, limit);
    const leases = first.map(({ name, holder: { id }, token, ttlMs }) => {
      const leftMs = Math.round(this.#held.leftMs({ name, ttlMs }));
      return { name, server: id, token, ttlMs, leftMs };
    });
    return { leases, total: held.length };
  }

  /** The process of this life has surely ended: what it held is free. */
  async ended({ id, bootId }: LeaseHolder): Promise<void> {
    this.#granted.delete(bootId);
    this.#held.forgetAllOf({ id, bootId });
    try {
      const held = (await this.#all('')).filter(({ holder }) => holder.bootId === bootId);
      await Promise.all(held.map((record) => this.#end(record)));
    } catch (error) {
      this.#logger.warn(
        'The leases of a server that has ended could not be freed: they run out by themselves.',
        {
          serverId: id,
          error,
        },
      );
    }
  }

  #check(name: string, ttlMs: number): void {
    const reason = problemOfLeaseName(name);
    if (reason) throw new PomeloError('LEASE_NAME_INVALID', { name: shown(name), reason });
    if (ttlMs >= leaseTimes.least && ttlMs <= leaseTimes.most) return;
    const { least, most } = leaseTimes;
    throw new Error(`expected a time from ${least} to ${most} ms, got ${ttlMs}`);
  }

  /** A store that has let a lease run out too early has given it to nobody yet. */
  #checkFree({ bootId }: LeaseHolder, name: string): void {
    const known = this.#held.holderOf(name);
    if (known && known.holder.bootId !== bootId)
      throw new PomeloError('LEASE_TAKEN', { name, holder: known.holder.id });
  }

  #isHeldBy({ bootId }: LeaseHolder, name: string, token: number): boolean {
    const known = this.#held.holderOf(name);
    return known?.holder.bootId === bootId && known.token === token;
  }

  #checkRenewal(
    present: LeaseRecord,
    holder: LeaseHolder,
    { name, token, ttlMs }: LeaseQuestions['lease.renew'],
  ): void {
    if (present.token !== token || present.holder.bootId !== holder.bootId)
      throw lost(name, token, `${present.holder.id} has got it since, with token ${present.token}`);
    if (this.#held.isOver(present)) throw lost(name, token, 'its time has run out');
    // the next master knows no other time than that
    if (ttlMs > present.ttlMs)
      throw new Error(`expected at most the ${present.ttlMs} ms it was taken for, got ${ttlMs}`);
  }

  /** What was renewed by a master that another has followed would be unknown to that one. */
  async #requireOffice(): Promise<void> {
    const { store, guard } = this.#options;
    const fence = guard?.(); // throws when this master does not lead
    if (fence && (await store.get(fence.key))?.created !== fence.created)
      throw new Error('this master leads no more');
  }

  /** So that one server cannot have the master keep ever more. */
  async #checkRoom({ bootId }: LeaseHolder, name: string): Promise<void> {
    const { maxHeld = 10_000 } = this.#options;
    const counted = (this.#granted.get(bootId) ?? 0) + 1;
    if (counted <= maxHeld) {
      this.#granted.set(bootId, counted);
      return;
    }
    const all = await this.#all('');
    const held = all.filter((one) => one.holder.bootId === bootId && !this.#held.isOver(one)).length;
    this.#granted.set(bootId, held + 1); // what has run out or was given back is free again
    if (held < maxHeld) return;
    const reason = `this server holds ${held} leases, and one server may hold ${maxHeld}`;
    throw new PomeloError('LEASE_UNAVAILABLE', { name, reason });
  }

  async #grant(holder: LeaseHolder, name: string, ttlMs: number): Promise<LeaseGrant> {
    await this.#checkRoom(holder, name);
    const { token } = await this.#put(holder, name, ttlMs);
    const mark = (await this.#options.notes.marks(name)).get(name) ?? 0;
    return { name, token, ttlMs, mark };
  }

  /** A holder goes on with what a former master has given it, and nobody else can have got since. */
  async #claim(holder: LeaseHolder, name: string, token: number, ttlMs: number): Promise<LeaseRecord> {
    this.#logger.info('A lease of before goes on.', { lease: name, serverId: holder.id, token });
    return this.#put(holder, name, ttlMs, token);
  }

  async #put(holder: LeaseHolder, name: string, ttlMs: number, token?: number): Promise<LeaseRecord> {
    const { store, notes, guard } = this.#options;
    const fence = guard?.(); // throws when this master does not lead
    notes.granting(ttlMs);
    const time = await store.grant(ttlMs + keptLongerMs);
    const condition = { revision: 0, ...(fence && { guard: fence }) };
    const stored = await store.put(
      keyOfLease(name),
      textOfLease(holder, { ttlMs, time, ...(token !== undefined && { token }) }),
      {
        lease: time,
        condition,
      },
    );
    if (stored) {
      const record = recordOf(stored);
      this.#held.note(name, holder, record.token, ttlMs);
      return record;
    }
    await store.revoke(time);
    const present = await this.#find(name);
    if (present) throw new PomeloError('LEASE_TAKEN', { name, holder: present.holder.id });
    throw new Error('this master leads no more');
  }

  async #find(name: string): Promise<LeaseRecord | undefined> {
    const stored = await this.#options.store.get(keyOfLease(name));
    return stored && recordOf(stored);
  }

  async #all(prefix: string): Promise<LeaseRecord[]> {
    return (await this.#options.store.list(keyOfLease(prefix))).map(recordOf);
  }

  async #end({ time, name }: LeaseRecord): Promise<void> {
    await this.#options.store.revoke(time);
    this.#held.forget(name);
  }
}

const answers: {
  readonly [Command in keyof LeaseQuestions]: (
    service: LeaseService,
    holder: LeaseHolder,
    args: LeaseQuestions[Command],
  ) => Promise<Answer>;
} = {
  'lease.take': (service, holder, args) => service.take(holder, args),
  'lease.takeOne': (service, holder, args) => service.takeOne(holder, args),
  'lease.renew': (service, holder, args) => service.renew(holder, args),
  'lease.release': (service, holder, args) => service.release(holder, args),
};

/** Errors that already say which lease they are about. */
const ours: ReadonlySet<ErrorCode> = new Set([
  'LEASE_TAKEN',
  'LEASE_LOST',
  'LEASE_UNAVAILABLE',
  'LEASE_NAME_INVALID',
] as const);

const lost = (name: string, token: number, reason: string): PomeloError =>
  new PomeloError('LEASE_LOST', { name, token, reason });
