import { randomBytes } from 'node:crypto';
import type { Clock } from '@pomelo-ts/common';
import { PomeloError } from '@pomelo-ts/common';
import type { KeptKey } from './account.js';
import type { AccountFile } from './account-file.js';
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

/** How a key is used: its bucket of requests. */
interface Use {
  lastUse: number;
  left: number;
  at: number;
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
    this.#uses.delete(id);
  }

  /** Who holds a key; each call counts against its rate. @throws KEY_REFUSED, KEY_RATE */
  use(text: string): Pick<KeptKey, 'id' | 'name' | 'role'> {
    const [, id = '', secret = ''] = shape.exec(text) ?? [];
    const key = this.#file.read().keys.find((one) => one.id === id);
    const now = this.#wallTime();
    const fits = key && sameHash(key.hash, hashOfToken(secret)) && (key.expires ?? Infinity) > now;
    if (!fits) throw new PomeloError('KEY_REFUSED', {});
    this.#count(key, now);
    return key;
  }

  /** A bucket that holds what one second allows. */
  #count({ id, rate }: KeptKey, wall: number): void {
    const now = this.#clock.now();
    const use = this.#uses.get(id) ?? { lastUse: wall, left: rate, at: now };
    use.left = Math.min(rate, use.left + ((now - use.at) / 1000) * rate);
    use.at = now;
    this.#uses.set(id, use);
    if (use.left < 1) throw new PomeloError('KEY_RATE', { rate });
    use.left -= 1;
    use.lastUse = wall;
  }
}
