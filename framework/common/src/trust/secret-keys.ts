import { createHmac, hkdfSync, scrypt } from 'node:crypto';
import { promisify } from 'node:util';

/** A key that two ends share, and the name that travels in its place. */
export interface NamedKey {
  readonly name: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/**
 * What a key of a cluster is for. Each use has a key of its own: from one of them neither another one nor the secret can be found,
 * so that a process is given no more than it needs.
 */
export type KeyUse = 'server' | 'operator' | 'rpc' | 'store';

const keyBytes = 32;
const deriveKey = promisify(scrypt) as (
  secret: string,
  salt: string,
  bytes: number,
  cost: { N: number; r: number; p: number },
) => Promise<Buffer>;

/**
 * Work of a guess at the secret, once for each process that knows it: 16 MiB and some 50 ms of a processor, by RFC 7914. Whoever
 * records a handshake can try secrets of people against it, and pays that for each.
 */
const cost = { N: 2 ** 14, r: 8, p: 1 };

/** The keys that are made of one secret. */
export class SecretKeys {
  /** Names the secret without telling it: 12 hex digits, the same in every process that knows it. */
  readonly name: string;
  readonly #root: Buffer;

  private constructor(root: Buffer) {
    this.#root = root;
    this.name = this.#derive('name').toString('hex', 0, 6);
  }

  /** Takes some 50 ms of another thread. */
  static async of(secret: string): Promise<SecretKeys> {
    return new SecretKeys(await deriveKey(secret, 'pomelo-ts cluster secret', keyBytes, cost));
  }

  /** From what {@link root} has given. */
  static ofRoot(root: string): SecretKeys {
    return new SecretKeys(Buffer.from(root, 'hex'));
  }

  /** What all keys are made of, in hex: whoever has it needs the secret no more. */
  get root(): string {
    return this.#root.toString('hex');
  }

  /** The key of a use, as everybody has it who may have it. */
  shared(use: KeyUse): NamedKey {
    return { name: `${use}:${this.name}`, key: this.#derive(use) };
  }

  /** The key by which one member of a use, a server say, proves that it is `id` and nobody else. */
  own(use: KeyUse, id: string): NamedKey {
    const { name, key } = this.shared(use);
    return { name: `${name}:${id}`, key: createHmac('sha256', key).update(id).digest() };
  }

  #derive(label: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#root, '', `pomelo-ts ${label}`, keyBytes));
  }
}
