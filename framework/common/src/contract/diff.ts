import { compareShapes, type Effect } from './compare-shapes.js';
import { fitsShape } from './fits.js';
import type { Contract, Shape } from './shape.js';

/** One difference between two contracts. */
export interface ContractChange {
  /** Whether clients made for the old contract may fail with the new one. */
  readonly breaking: boolean;
  /** Where: `chat.chatHandler.send input.content`. */
  readonly path: string;
  /** What is different, in words that follow the path: `must be there now`. */
  readonly what: string;
}

/** Who reads a value: the server what clients of the old contract send, or those clients what the server sends. */
type Direction = 'input' | 'output';

const breaks: Readonly<Record<Direction, readonly Effect[]>> = {
  input: ['narrows', 'both'],
  output: ['widens', 'both'],
};

/**
 * What has changed from one contract to the next, and what of it breaks clients that know the old one: a route that is gone, an
 * input that takes less, an answer, push or error that may be more. Breaking changes come first.
 *
 * @example diffContracts(old, now).filter(({ breaking }) => breaking)
 */
export function diffContracts(old: Contract, now: Contract): readonly ContractChange[] {
  const diff = new Diff(old, now);
  diff.routes();
  diff.pushes();
  diff.errors();
  return [
    ...diff.changes.filter(({ breaking }) => breaking),
    ...diff.changes.filter(({ breaking }) => !breaking),
  ];
}

class Diff {
  readonly changes: ContractChange[] = [];
  readonly #old: Contract;
  readonly #new: Contract;

  constructor(old: Contract, now: Contract) {
    this.#old = old;
    this.#new = now;
  }

  routes(): void {
    for (const [route, before, after] of inBoth(this.#old.routes, this.#new.routes)) {
      if (!before) this.#tell(false, route, 'is a new route');
      else if (!after) this.#tell(true, route, 'is no longer a route');
      else {
        this.#shapes('input', `${route} input`, before.input, after.input);
        this.#shapes('output', `${route} answer`, before.answer, after.answer);
        this.#deprecation(route, before.deprecated, after.deprecated);
      }
    }
  }

  pushes(): void {
    for (const [push, before, after] of inBoth(this.#old.pushes, this.#new.pushes)) {
      if (!before) this.#tell(false, `push ${push}`, 'is new');
      else if (!after) this.#tell(true, `push ${push}`, 'is no longer sent');
      else {
        this.#shapes('output', `push ${push}`, before.body, after.body);
        this.#deprecation(`push ${push}`, before.deprecated, after.deprecated);
      }
    }
  }

  /** A code that a client does not know reaches it as a failure all the same, so that a new one breaks nothing. */
  errors(): void {
    for (const [code, before, after] of inBoth(this.#old.errors, this.#new.errors)) {
      if (!before) this.#tell(false, `error ${code}`, 'is new');
      else if (!after) this.#tell(false, `error ${code}`, 'is no longer answered');
      else if (before.data && !after.data) this.#tell(true, `error ${code} data`, 'is no longer there');
      else if (!before.data && after.data) this.#tell(false, `error ${code} data`, 'is new');
      else if (before.data && after.data)
        this.#shapes('output', `error ${code} data`, before.data, after.data);
    }
  }

  #shapes(direction: Direction, path: string, before: Shape, after: Shape): void {
    const [old, now] = [this.#old.definitions, this.#new.definitions];
    const fine =
      direction === 'input' ? fitsShape(before, old, after, now) : fitsShape(after, now, before, old);
    const found = compareShapes(path, before, old, after, now);
    for (const { path: at, what, effect } of found)
      this.#tell(!fine && breaks[direction].includes(effect), at, what);
    // Whatever the comparison has no words for.
    if (!fine && !found.some(({ effect }) => breaks[direction].includes(effect)))
      this.#tell(true, path, direction === 'input' ? 'takes less than before' : 'may be more than before');
  }

  #deprecation(path: string, before: true | undefined, after: true | undefined): void {
    if (!before && after) this.#tell(false, path, 'is deprecated');
  }

  #tell(breaking: boolean, path: string, what: string): void {
    this.changes.push({ breaking, path, what });
  }
}

/** The members of both, by name in alphabetical order. */
function inBoth<T>(
  old: Readonly<Record<string, T>>,
  now: Readonly<Record<string, T>>,
): [string, T | undefined, T | undefined][] {
  const own = (record: Readonly<Record<string, T>>, name: string) =>
    Object.hasOwn(record, name) ? record[name] : undefined;
  return [...new Set([...Object.keys(old), ...Object.keys(now)])]
    .sort()
    .map((name) => [name, own(old, name), own(now, name)]);
}
