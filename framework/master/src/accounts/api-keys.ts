import { randomBytes } from 'node:crypto';
import type { Clock } from '@pomelo-ts/common';
import { PomeloError } from '@pomelo-ts/common';
import type { KeptKey } from './account.js';
import type { AccountKeeper } from './account-book.js';
import { Bucket } from './bucket.js';
import { endOfMany } from './end-of-many.js';
import { hashOfToken, newToken, sameHash } from './tokens.js';

/** Most keys of a game. */
const mostKeys = 200;
const dayMs = 86_400_000;
const shape = /^pt_([0-9a-f]{12})_([\w-]{43})$/;

/** A key as tables show it. */
export interface ApiKeyRow extends Omit<KeptKey, 'hash'> {
  /** In ms since 1970; since this master began. */
  readonly lastUse?: number;
}

/** What a new key is for. */
export interface NewKey {
  readonly name: string;
  readonly role: string;
  readonly days?: number;
  readonly rate: number;
}

/** Who holds a key, for as long as it is one. */
export interface KeyHolder extends Pick<KeptKey, 'id' | 'name' | 'role'> {
  readonly over: AbortSignal;
  /** Counts one more request against the rate. @throws KEY_RATE */
  count(): void;
}

/** What {@link ApiKeys} work with. */
export interface ApiKeysParts {
  readonly keeper: AccountKeeper;
  readonly clock: Clock;
  wallTime(): number;
  /** See {@link standingOf}. */
  standingOf(key: KeptKey): string;
}

/** How a key is used. */
interface Use {
  readonly standing: string;
  lastUse: number;
  readonly bucket: Bucket;
  /** Aborted when the key is revoked, for what goes on by it. */
  readonly over: AbortController;
}

/** Keys by which other programs ask: `pt_<id>_<secret>`, of which only a hash of the second part is kept. */
export class ApiKeys {
  readonly #keeper: AccountKeeper;
  readonly #parts: ApiKeysParts;
  readonly #uses = new Map<string, Use>();

  constructor(parts: ApiKeysParts) {
    this.#keeper = parts.keeper;
    this.#parts = parts;
  }

  get rows(): readonly ApiKeyRow[] {
    return this.#keeper.read().keys.map(({ hash: _, ...key }) => {
      const lastUse = this.#uses.get(key.id)?.lastUse;
      return { ...key, ...(lastUse !== undefined && { lastUse }) };
    });
  }

  /** Makes a key; it is shown this once. @throws KEYS_FULL, ACCOUNTS_UNWRITABLE */
  async create({ name, role, days, rate }: NewKey): Promise<{ readonly id: string; readonly key: string }> {
    const id = randomBytes(6).toString('hex');
    const secret = newToken();
    const expires = days === undefined ? {} : { expires: Math.round(this.#parts.wallTime() + days * dayMs) };
    const kept: KeptKey = { id, name, role, hash: hashOfToken(secret), rate, ...expires };
    await this.#keeper.change((book) => {
      if (book.keys.length >= mostKeys) throw new PomeloError('KEYS_FULL', { most: mostKeys });
      return { ...book, keys: [...book.keys, kept] };
    });
    return { id, key: `pt_${id}_${secret}` };
  }

  /** @throws KEY_MISSING, ACCOUNTS_UNWRITABLE */
  async revoke(id: string): Promise<void> {
    await this.#keeper.change((book) => {
      const keys = book.keys.filter((key) => key.id !== id);
      if (keys.length === book.keys.length) throw new PomeloError('KEY_MISSING', { id });
      return { ...book, keys };
    });
    this.#endUse(id);
  }

  /** Ends what goes on by keys that are none any more, have run out, or may do something else now. @throws ACCOUNTS_UNREADABLE */
  heed(): void {
    const { keys } = this.#keeper.read();
    for (const [id, { standing }] of this.#uses) {
      const key = keys.find((one) => one.id === id);
      if (!key || this.#hasRunOut(key) || this.#parts.standingOf(key) !== standing) this.#endUse(id);
    }
  }

  /** Ends what goes on by any key. */
  close(): void {
    for (const id of [...this.#uses.keys()]) this.#endUse(id);
  }

  /** Who holds a key; each call counts against its rate, and so does each of `count`. @throws KEY_REFUSED, KEY_RATE */
  use(text: string): KeyHolder {
    const [, id = '', secret = ''] = shape.exec(text) ?? [];
    const key = this.#keeper.read().keys.find((one) => one.id === id);
    if (!key || !sameHash(key.hash, hashOfToken(secret)) || this.#hasRunOut(key))
      throw new PomeloError('KEY_REFUSED', {});
    const { id: of, name, role } = key;
    const use = this.#useOf(key);
    const count = () => {
      use.bucket.take();
      use.lastUse = this.#parts.wallTime();
    };
    count();
    return { id: of, name, role, over: use.over.signal, count };
  }

  /** The key that somebody names, be it theirs or not. */
  named(text: string): ApiKeyRow | undefined {
    const [, id] = shape.exec(text) ?? [];
    return this.rows.find((key) => key.id === id);
  }

  /** Its bucket holds what one second allows. */
  #useOf(key: KeptKey): Use {
    const { clock, wallTime, standingOf } = this.#parts;
    const { id, rate } = key;
    const standing = standingOf(key);
    const known = this.#uses.get(id);
    if (known?.standing === standing) return known;
    this.#endUse(id);
    const use = {
      standing,
      lastUse: wallTime(),
      bucket: new Bucket(clock, rate),
      over: endOfMany(),
    };
    this.#uses.set(id, use);
    return use;
  }

  #hasRunOut({ expires = Infinity }: KeptKey): boolean {
    return expires <= this.#parts.wallTime();
  }

  #endUse(id: string): void {
    this.#uses.get(id)?.over.abort();
    this.#uses.delete(id);
  }
}
