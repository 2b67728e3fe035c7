import { isSecretName } from '@pomelo-ts/common/internal';

/** Most values within one that is shown, and most levels of them: all are gone through at once. */
const [mostValues, deepest] = [50_000, 100];
/** Most of one text, in characters. */
const longestText = 64 * 1024;

/** A name and a password in an address, such as `redis://name:password@host`. */
const secretInUrl = /(\/\/)[^/@\s]{1,500}@/g;

/**
 * A value of a game as JSON for people, without what a name says is secret, at any depth. Maps are shown as objects, sets as lists, big integers as
 * texts with an `n`, bytes as their count.
 *
 * @param redact names of members that are hidden, however they are written
 * @param invalid makes the error of what is wrong
 * @returns undefined for what is no data
 */
export function shownJson(
  value: unknown,
  redact: readonly string[],
  invalid: (reason: string) => Error,
): string | undefined {
  const hidden = new Set(redact.map((name) => name.toLowerCase()));
  return JSON.stringify(new Shown(hidden, invalid).of(value, ''));
}

/** Copies what is shown, bounded: JSON.stringify lists all names of an object before it can be kept from it. */
class Shown {
  readonly #hidden: ReadonlySet<string>;
  readonly #invalid: (reason: string) => Error;
  readonly #within: object[] = [];
  #left = mostValues;

  constructor(hidden: ReadonlySet<string>, invalid: (reason: string) => Error) {
    this.#hidden = hidden;
    this.#invalid = invalid;
  }

  of(value: unknown, name: string): unknown {
    if (this.#hidden.has(name.toLowerCase()) || isSecretName(name)) return '***';
    if (typeof value === 'string') return shownText(value);
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value !== 'object' || value === null) return value;
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `(${value.byteLength} bytes)`;
    return this.#copy(value, name);
  }

  #copy(value: object, name: string): unknown {
    if (this.#within.includes(value)) throw this.#invalid('is circular');
    if (this.#within.length >= deepest)
      throw this.#invalid(`has more than ${deepest} values within each other`);
    this.#within.push(value);
    const copy = this.#members(value, name);
    this.#within.pop();
    return copy;
  }

  #members(value: object, name: string): unknown {
    const { toJSON } = value as { readonly toJSON?: unknown };
    if (typeof toJSON === 'function') return this.of(toJSON.call(value, name) as unknown, name);
    if (value instanceof Set || Array.isArray(value)) {
      this.#take(value instanceof Set ? value.size : value.length);
      return Array.from(value, (one: unknown) => this.of(one, ''));
    }
    const entries = value instanceof Map ? value : this.#entriesOf(value);
    if (value instanceof Map) this.#take(value.size);
    const copy: Record<string, unknown> = Object.create(null);
    for (const [key, one] of entries) copy[shownText(String(key))] = this.of(one, String(key));
    return copy;
  }

  *#entriesOf(value: object): Iterable<[string, unknown]> {
    // `for in` gives one name after the other: an object with too many of them is left at once
    for (const key in value) {
      if (!Object.hasOwn(value, key)) continue;
      this.#take(1);
      yield [key, (value as Record<string, unknown>)[key]];
    }
  }

  #take(count: number): void {
    this.#left -= count;
    if (this.#left < 0) throw this.#invalid(`has more than ${mostValues} values`);
  }
}

const shownText = (text: string): string => text.slice(0, longestText).replace(secretInUrl, '$1***@');
