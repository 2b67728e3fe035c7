import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { PomeloError } from '@pomelo-ts/common';

/** Cost of a hash: OWASP's Password Storage Cheat Sheet names N = 2^17, r = 8, p = 1 for scrypt. One takes 128 MiB for its time. */
const cost = { N: 2 ** 17, r: 8, p: 1 } as const;
const hashBytes = 32;
const saltBytes = 16;

/** Shortest and longest password, in characters. */
export const passwordLength = { least: 12, most: 256 } as const;

/** Most passwords that wait for their check; each is somebody's request. */
const mostWaiting = 20;

/** Checks and hashes passwords, one after the other: each takes much memory, whoever sends it. */
export class Passwords {
  readonly #cost: Cost;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @param own cost of hashes that are made from now on, for tests of what is around them @default 128 MiB each */
  constructor(own: Cost = cost) {
    this.#cost = own;
  }

  /** A text that tells how it was made, such as `scrypt$131072$8$1$<salt>$<hash>`. @throws SIGN_IN_BUSY */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltBytes);
    const { N, r, p } = this.#cost;
    const made = await this.#derive(password, salt, this.#cost);
    return ['scrypt', N, r, p, salt.toString('base64url'), made.toString('base64url')].join('$');
  }

  /** Whether `password` is the one that `stored` was made of. Takes as long where there is none. @throws SIGN_IN_BUSY */
  async matches(stored: string | undefined, password: string): Promise<boolean> {
    const { salt, hash, ...how } = readHash(stored) ?? { ...this.#cost, salt: nobodysSalt, hash: undefined };
    const made = await this.#derive(password, salt, how);
    return hash !== undefined && hash.length === made.length && timingSafeEqual(hash, made);
  }

  #derive(password: string, salt: Buffer, { N, r, p }: Cost): Promise<Buffer> {
    if (this.#waiting >= mostWaiting) throw new PomeloError('SIGN_IN_BUSY', {});
    this.#waiting += 1;
    const made = this.#last.then(() => derive(password, salt, { N, r, p, maxmem: 2 * 128 * N * r }));
    this.#last = made.catch(() => {}).finally(() => (this.#waiting -= 1));
    return made;
  }
}

interface Cost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

const nobodysSalt = Buffer.alloc(saltBytes);

const derive = (password: string, salt: Buffer, options: ScryptOptions): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(password.normalize('NFKC'), salt, hashBytes, options, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  );

/** What a stored hash says; undefined for none, or for one that this program has not made. */
function readHash(stored: string | undefined): (Cost & { salt: Buffer; hash: Buffer }) | undefined {
  const [kind, N, r, p, salt, hash, ...more] = stored?.split('$') ?? [];
  if (kind !== 'scrypt' || salt === undefined || hash === undefined || more.length > 0) return undefined;
  return {
    N: Number(N),
    r: Number(r),
    p: Number(p),
    salt: Buffer.from(salt, 'base64url'),
    hash: Buffer.from(hash, 'base64url'),
  };
}
