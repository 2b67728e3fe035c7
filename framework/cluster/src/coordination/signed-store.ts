import { type Logger, PomeloError } from '@pomelo-ts/common';
import { type NamedKey, prove, sameProof } from '@pomelo-ts/common/internal';
import { seal, unseal } from './sealing.js';
import type {
  CoordinationStore,
  PutOptions,
  StoreChange,
  StoreCondition,
  StoredValue,
  StoreLease,
} from './store.js';

/** How often a value that changes meanwhile is signed anew before that is given up. */
const mostTries = 10;

/** Whoever has not been told of a new secret yet knows the last of these. */
function signerOf(keys: readonly NamedKey[]): NamedKey {
  const signer = keys.at(-1);
  if (!signer) throw new Error('there is no key to sign with');
  return signer;
}

/** Settings of a {@link SignedStore}. */
export interface SignedStoreOptions {
  /** Keys that are taken; the last one signs, as whoever has not been told of a new secret yet knows that one. */
  keys(): readonly NamedKey[];
  /** What tells this cluster's keys from those of another one that has the same secret, such as the prefix in etcd. */
  readonly scope: string;
  /** Told of each forged value that a watch brings. */
  readonly logger: Logger;
}

/** What is written in place of a value. */
interface Signed {
  readonly value: string;
  /** Revision of the office in whose term it was written; 0 where it was written without one. */
  readonly term: number;
  /** Name of the key that signed it. */
  readonly by: string;
  /** Whether the value is sealed with a key that is made of that one. */
  readonly sealed?: true;
  /** HMAC-SHA256 in hex over scope, key, term, value and whether that is sealed. */
  readonly proof: string;
}

/** A value that is about to be signed. */
interface Unsigned extends Pick<Signed, 'value' | 'term'> {
  readonly key: string;
  readonly sealed: boolean;
}

/**
 * A store that others can reach, and whose values count all the same: each is signed with a key of the cluster's secret, together
 * with its place and the term of who wrote it. What was not written by a master of this cluster, or for another key, is not taken.
 * What is put `sealed` nobody else can read, either.
 *
 * Whoever may write to the store can still delete, and put back what once was true.
 *
 * @throws STORE_FORGED from reads of a value that nobody of this cluster has written there; STORE_SECRET_OTHER of one that is signed
 * with another secret
 */
export class SignedStore implements CoordinationStore {
  readonly kind: string;
  readonly #store: CoordinationStore;
  readonly #options: SignedStoreOptions;
  /** The key that is to sign what is written while all is signed anew. */
  #next: NamedKey | undefined;

  constructor(store: CoordinationStore, options: SignedStoreOptions) {
    this.kind = store.kind;
    this.#store = store;
    this.#options = options;
  }

  async get(key: string): Promise<StoredValue | undefined> {
    const held = await this.#store.get(key);
    return held && this.#opened(held);
  }

  async list(prefix: string): Promise<readonly StoredValue[]> {
    return (await this.#store.list(prefix)).map((held) => this.#opened(held));
  }

  async put(key: string, value: string, options: PutOptions = {}): Promise<StoredValue | undefined> {
    const signer = this.#next ?? signerOf(this.#options.keys());
    const term = options.condition?.guard?.created ?? 0;
    const { sealed = false } = options;
    const signed = this.#signed({ key, value, term, sealed }, signer);
    const written = await this.#store.put(key, signed, options);
    return written && { ...written, value, ...(term > 0 && { term }) };
  }

  delete(key: string, condition?: StoreCondition): Promise<boolean> {
    return this.#store.delete(key, condition);
  }

  grant(ttlMs: number): Promise<StoreLease> {
    return this.#store.grant(ttlMs);
  }

  keepAlive(lease: StoreLease): Promise<boolean> {
    return this.#store.keepAlive(lease);
  }

  revoke(lease: StoreLease): Promise<void> {
    return this.#store.revoke(lease);
  }

  watch(prefix: string, onChange: (change: StoreChange) => void, onGap?: () => void): Promise<() => void> {
    const hear = (change: StoreChange): void => {
      let opened: StoreChange;
      try {
        opened = 'put' in change ? { put: this.#opened(change.put) } : change;
      } catch (error) {
        this.#options.logger.error('A value in the coordination store was not taken.', { error });
        return;
      }
      onChange(opened);
    };
    return this.#store.watch(prefix, hear, onGap);
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /**
   * Signs all values with the key that will sign from now on, also those that are written meanwhile, and seals anew with it those that are
   * sealed. Its leases and the revision of its making stay as they are.
   *
   * @param next the keys that are about to be taken
   * @param take has them taken, once all values are signed so
   * @throws STORE_FORGED, STORE_UNREACHABLE: some values are signed anew then, by a key that is taken before and after
   */
  async resign(next: readonly NamedKey[], take: () => void): Promise<void> {
    const signer = signerOf(next);
    this.#next = signer;
    try {
      for (const { key } of await this.#store.list('')) await this.#resignOne(key, next, signer);
      take();
    } finally {
      this.#next = undefined;
    }
  }

  /** Whether these keys alone would do to read all that is there. @throws STORE_FORGED, STORE_UNREACHABLE */
  async isReadableWith(keys: readonly NamedKey[]): Promise<boolean> {
    const held = await this.#store.list('');
    return held.every((value) => keys.some(({ name }) => name === this.#parsed(value).by));
  }

  async #resignOne(key: string, next: readonly NamedKey[], signer: NamedKey): Promise<void> {
    for (let tries = 0; tries < mostTries; tries++) {
      const held = await this.#store.get(key);
      if (!held) return;
      const { by, sealed = false } = this.#parsed(held);
      if (by === signer.name) return;
      const { value, term = 0 } = this.#opened(held, [...this.#options.keys(), ...next]);
      const text = this.#signed({ key, value, term, sealed }, signer);
      const condition = { revision: held.revision };
      if (await this.#store.put(key, text, { keepLease: true, condition })) return;
    }
    throw new PomeloError('STORE_REFUSED', {
      store: this.kind,
      what: `a new signature of ${key}`,
      reason: `it was changed ${mostTries} times meanwhile`,
    });
  }

  #signed({ key, value: plain, term, sealed }: Unsigned, { name, key: secret }: NamedKey): string {
    const value = sealed ? seal(secret, this.#placeOf(key), plain) : plain;
    const mark = sealed ? ({ sealed } as const) : {};
    const proof = prove(secret, 'store', this.#partsOf(key, { value, term, ...mark }));
    return JSON.stringify({ value, term, by: name, ...mark, proof } satisfies Signed);
  }

  /** What is signed. */
  #partsOf(key: string, { value, term, sealed }: Pick<Signed, 'value' | 'term' | 'sealed'>): string[] {
    return [this.#options.scope, key, String(term), value, ...(sealed ? ['sealed'] : [])];
  }

  #placeOf(key: string): string {
    return `${this.#options.scope}${key}`;
  }

  #opened(held: StoredValue, keys: readonly NamedKey[] = this.#options.keys()): StoredValue {
    const { key } = held;
    const signed = this.#parsed(held);
    const { term, by, proof } = signed;
    const signer = keys.find(({ name }) => name === by);
    if (!signer) throw new PomeloError('STORE_SECRET_OTHER', { store: this.kind, key: this.#placeOf(key) });
    if (!sameProof(prove(signer.key, 'store', this.#partsOf(key, signed)), proof))
      throw this.#forged(key, 'its signature is wrong');
    // The writer had the office when it wrote: its revision is older than that of what it has written.
    if (term >= held.revision) throw this.#forged(key, 'its term is yet to come');
    const value = signed.sealed ? unseal(signer.key, this.#placeOf(key), signed.value) : signed.value;
    return { ...held, value, ...(term > 0 && { term }) };
  }

  #parsed({ key, value: text }: StoredValue): Signed {
    let signed: Partial<Signed> | null;
    try {
      signed = JSON.parse(text) as Partial<Signed> | null;
    } catch {
      throw this.#forged(key, 'it is not signed');
    }
    const { value, term, by, sealed, proof } = signed ?? {};
    if (
      typeof value !== 'string' ||
      typeof term !== 'number' ||
      typeof by !== 'string' ||
      typeof proof !== 'string'
    )
      throw this.#forged(key, 'it is not signed');
    return { value, term, by, ...(sealed && { sealed }), proof };
  }

  #forged(key: string, reason: string): PomeloError {
    return new PomeloError('STORE_FORGED', {
      store: this.kind,
      key: this.#placeOf(key),
      reason,
    });
  }
}
