import { randomBytes } from 'node:crypto';
import type { Clock } from '@pomelo-ts/common';
import { PomeloError } from '@pomelo-ts/common';
import type { KeptKey } from './account.js';
import type { AccountFile } from './account-file.js';
import { Bucket } from './bucket.js';
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

/** How a key is used. */
interface Use {
  lastUse: number;
  readonly bucket: Bucket;
  /** Aborted when the key is revoked, for what goes on by it. */
  readonly over: AbortController;
}

/** Keys by which other programs ask: `pt_<id>_<secret>`, of which only a hash of the second part is kept. */
export class ApiKeys {
  readonly #file: AccountFile;
  readonly #clock: Clock;
  readonly #wallTime: () => number;
  readonly #uses = new Map<string, Use>();

  constructor(file: AccountFile, clock: Clock, wallTime: () => number) {
    this.#file = file;
    this.#clock = clock;
    this.#wallTime = wallTime;
  }

  get rows(): readonly ApiKeyRow[] {
    return this.#file.read().keys.map(({ hash: _, ...key }) => {
      const lastUse = this.#uses.get(key.id)?.lastUse;
      return { ...key, ...(lastUse !== undefined && { lastUse }) };
    });
  }

  /** Makes a key; it is shown this once. @throws KEYS_FULL */
  create({ name, role, days, rate }: NewKey): { readonly id: string; readonly key: string } {
    const book = this.#file.read();
    if (book.keys.length >= mostKeys) throw new PomeloError('KEYS_FULL', { most: mostKeys });
    const id = randomBytes(6).toString('hex');
    const secret = newToken();
    const expires = days === undefined ? {} : { expires: this.#wallTime() + days * dayMs };
    const kept: KeptKey = { id, name, role, hash: hashOfToken(secret), rate, ...expires };
    this.#file.write({ ...book, keys: [...book.keys, kept] });
    return { id, key: `pt_${id}_${secret}` };
  }

  /** @throws KEY_MISSING */
  revoke(id: string): void {
    const book = this.#file.read();
    if (!book.keys.some((key) => key.id === id)) throw new PomeloError('KEY_MISSING', { id });
    this.#file.write({ ...book, keys: book.keys.filter((key) => key.id !== id) });
    this.#uses.get(id)?.over.abort();
    this.#uses.delete(id);
  }

  /** Who holds a key; each call counts against its rate, and so does each of `count`. @throws KEY_REFUSED, KEY_RATE */
  use(text: string): KeyHolder {
    const [, id = '', secret = ''] = shape.exec(text) ?? [];
    const key = this.#file.read().keys.find((one) => one.id === id);
    const now = this.#wallTime();
    const fits = key && sameHash(key.hash, hashOfToken(secret)) && (key.expires ?? Infinity) > now;
    if (!fits) throw new PomeloError('KEY_REFUSED', {});
    const { id: of, name, role } = key;
    const use = this.#useOf(key);
    const count = () => {
      use.bucket.take();
      use.lastUse = this.#wallTime();
    };
    count();
    return { id: of, name, role, over: use.over.signal, count };
  }

  /** Its bucket holds what one second allows. */
  #useOf({ id, rate }: KeptKey): Use {
    const use = this.#uses.get(id) ?? {
      lastUse: this.#wallTime(),
      bucket: new Bucket(this.#clock, rate),
      over: new AbortController(),
    };
    this.#uses.set(id, use);
    return use;
  }
}
