import type {
  CoordinationStore,
  PutOptions,
  StoreChange,
  StoreCondition,
  StoredValue,
  StoreLease,
} from '@pomelo-ts/cluster';
import { type Clock, type Logger, PomeloError, silentLogger, systemClock } from '@pomelo-ts/common';
import { comparesOf, type EtcdPair, encode, rangeOf, storedOf } from './coordination-etcd/encoding.js';
import { type EtcdTls, grpcCode, Members, Refusal } from './coordination-etcd/members.js';
import { Watch } from './coordination-etcd/watch.js';

export type { EtcdTls } from './coordination-etcd/members.js';

/** Settings of an {@link EtcdStore}. */
export interface EtcdStoreOptions {
  /** Where the members of the etcd cluster answer clients, such as `http://10.0.0.1:2379`. */
  readonly endpoints: readonly string[];
  /** What all keys begin with in etcd; two clusters that share an etcd need different ones. */
  readonly prefix: string;
  /** For an etcd with users. */
  readonly user?: string;
  readonly password?: string;
  /** For endpoints that begin with `https:`. */
  readonly tls?: EtcdTls;
  /** How long one member may take to answer, in ms, before another one is asked; a sign-in five times as long. @default 1000 */
  readonly timeoutMs?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/**
 * Keeps what masters agree on in etcd 3.4 or newer, through its HTTP gateway. A member that does not answer is left for
 * another; reads see what a majority has, so a member that was cut off from the others does not answer them.
 *
 * @throws STORE_REFUSED from its methods when etcd says no: a wrong password, a missing right, no space left.
 * @example const store = new EtcdStore({ endpoints: ['http://10.0.0.1:2379'], prefix: 'my-game/production/' });
 */
export class EtcdStore implements CoordinationStore {
  readonly kind = 'etcd';
  readonly #members: Members;
  readonly #prefix: string;
  readonly #options: EtcdStoreOptions;
  readonly #watches = new Set<Watch>();

  constructor(options: EtcdStoreOptions) {
    const { endpoints, prefix, user, password, tls, timeoutMs = 1000, clock = systemClock } = options;
    this.#options = options;
    this.#prefix = prefix;
    this.#members = new Members({
      endpoints,
      timeoutMs,
      clock,
      ...(tls && { tls }),
      ...(user !== undefined && { user }),
      ...(password !== undefined && { password }),
    });
  }

  async get(key: string): Promise<StoredValue | undefined> {
    const [value] = await this.#range({ key: encode(this.#prefix + key) });
    return value;
  }

  list(prefix: string): Promise<readonly StoredValue[]> {
    return this.#range(rangeOf(this.#prefix + prefix)); // in the order of keys, unless told otherwise
  }

  async put(key: string, text: string, options: PutOptions = {}): Promise<StoredValue | undefined> {
    const { lease, keepLease = false, condition } = options;
    const place = encode(this.#prefix + key);
    const ofLease = keepLease ? { ignore_lease: true } : { ...(lease && { lease: lease.id }) };
    const write = { key: place, value: encode(text), ...ofLease };
    const responses = await this.#change(key, condition, [
      { request_put: write },
      { request_range: { key: place } },
    ]).catch((error: unknown) => {
      if (lease && isLeaseGone(error)) return undefined;
      throw error;
    });
    const found = responses?.[1]?.['response_range'] as { kvs: readonly EtcdPair[] } | undefined;
    return found && storedOf(found.kvs[0]!, this.#prefix);
  }

  async delete(key: string, condition?: StoreCondition): Promise<boolean> {
    const responses = await this.#change(key, condition, [
      { request_delete_range: { key: encode(this.#prefix + key) } },
    ]);
    const deleted = responses?.[0]?.['response_delete_range'] as { deleted?: string } | undefined;
    return deleted?.deleted === '1';
  }

  /** etcd counts leases in seconds, and grants none below what its own election takes. */
  async grant(ttlMs: number): Promise<StoreLease> {
    const answer = await this.#ask('lease/grant', { TTL: String(Math.ceil(ttlMs / 1000)) }, false);
    return { id: String(answer['ID']), ttlMs: Number(answer['TTL']) * 1000 };
  }

  async keepAlive(lease: StoreLease): Promise<boolean> {
    const answer = await this.#ask('lease/keepalive', { ID: lease.id }, true);
    const { TTL = '0' } = (answer['result'] ?? {}) as { TTL?: string };
    return Number(TTL) > 0;
  }

  async revoke(lease: StoreLease): Promise<void> {
    await this.#ask('lease/revoke', { ID: lease.id }, true).catch((error: unknown) => {
      if (!isLeaseGone(error)) throw error;
    });
  }

  async watch(
    prefix: string,
    onChange: (change: StoreChange) => void,
    onGap: () => void = () => {},
  ): Promise<() => void> {
    const { clock = systemClock, logger = silentLogger } = this.#options;
    const watch = new Watch(
      { prefix: this.#prefix, range: this.#prefix + prefix, onChange, onGap, clock, logger },
      this.#members,
    );
    this.#watches.add(watch);
    try {
      await watch.begin();
    } catch (error) {
      this.#watches.delete(watch);
      throw this.#told(error, 'watch');
    }
    return () => {
      watch.end();
      this.#watches.delete(watch);
    };
  }

  async close(): Promise<void> {
    for (const watch of this.#watches) watch.end();
    this.#watches.clear();
    this.#members.close();
  }

  async #range(range: object): Promise<readonly StoredValue[]> {
    const { kvs = [] } = (await this.#ask('kv/range', range, true)) as { kvs?: readonly EtcdPair[] };
    return kvs.map((pair) => storedOf(pair, this.#prefix));
  }

  /** Makes changes when the condition holds, all at once; undefined when it does not. */
  async #change(
    key: string,
    condition: StoreCondition | undefined,
    success: readonly object[],
  ): Promise<readonly Record<string, unknown>[] | undefined> {
    const compare = comparesOf(key, condition, this.#prefix);
    const answer = await this.#ask('kv/txn', { compare, success }, false);
    if (answer['succeeded'] !== true) return undefined;
    return answer['responses'] as readonly Record<string, unknown>[];
  }

  async #ask(path: string, body: object, repeatable: boolean): Promise<Record<string, unknown>> {
    try {
      return await this.#members.ask(path, body, repeatable);
    } catch (error) {
      throw this.#told(error, path);
    }
  }

  /** The error for whoever uses the store. */
  #told(error: unknown, what: string): unknown {
    if (!(error instanceof Refusal)) return error;
    const facts = { store: this.#members.name, what, reason: error.message };
    return new PomeloError('STORE_REFUSED', facts, { cause: error });
  }
}

function isLeaseGone(error: unknown): boolean {
  const { cause } = error as Error;
  return cause instanceof Refusal && cause.code === grpcCode.notFound;
}
