import { randomBytes } from 'node:crypto';

/** How a session is named: by all servers, and where one frontend speaks of its own. */
export interface SessionName {
  /** Unique in the cluster, for the session's whole life. */
  readonly id: string;
  /** Its number on the frontend that holds it: 32 bits, given again once there have been as many. */
  readonly number: number;
}

/** The number on its frontend of the session that began there as the `count`th. */
export function numberOfCount(count: number): number {
  return count >>> 0;
}

/** Bytes of chance in what all ids of one life of a frontend begin with. */
const lifeBytes = 8;

/** A text of 64 random bits, of digits and small letters. */
export function newSessionLife(): string {
  return randomBytes(lifeBytes).readBigUInt64BE().toString(36).padStart(13, '0');
}

/**
 * Names the sessions that begin on one life of a frontend. An id is that life and a count: nobody needs to be asked, and a session
 * that begins on a frontend can be found by its id without a table of ids.
 */
export class SessionIds {
  readonly #prefix: string;
  #begun: number;

  /**
   * @param life what no other life of a frontend has: {@link newSessionLife}
   * @param begun how many it has named before
   */
  constructor(life: string, begun = 0) {
    this.#prefix = `${life}-`;
    this.#begun = begun;
  }

  /** A new count, whose number is none of those in use. A session keeps this, and asks for its text with {@link idOf} when somebody wants it. */
  next(isUsed: (number: number) => boolean): number {
    // A number travels as 32 bits: after the last one the free ones are given again.
    do this.#begun++;
    while (numberOfCount(this.#begun) === 0 || isUsed(numberOfCount(this.#begun)));
    return this.#begun;
  }

  /** The id of the session that began here with this count. */
  idOf(count: number): string {
    return this.#prefix + count.toString(36);
  }

  /** The number that a session with this id got if it began here; undefined when it did not. */
  numberOf(id: string): number | undefined {
    if (!id.startsWith(this.#prefix)) return undefined;
    const count = Number.parseInt(id.slice(this.#prefix.length), 36);
    return Number.isNaN(count) ? undefined : numberOfCount(count);
  }
}
