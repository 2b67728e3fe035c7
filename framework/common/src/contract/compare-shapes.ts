import { alternativesOf, type Contract, isAnything, literalsOf, type Shape } from './shape.js';
import { typeText } from './type-text.js';

/** What a difference does to the set of values that fit: the new shape takes fewer, or more, or others. */
export type Effect = 'narrows' | 'widens' | 'both' | 'none';

export interface Difference {
  /** Where, such as `input.content`. */
  readonly path: string;
  /** What is different, in words that follow the path. */
  readonly what: string;
  readonly effect: Effect;
}

/** Names the places at which two shapes differ. A part that is alike by another name is no difference. */
export function compareShapes(
  path: string,
  old: Shape,
  oldDefinitions: Contract['definitions'],
  now: Shape,
  newDefinitions: Contract['definitions'],
): readonly Difference[] {
  const comparison = new Comparison(oldDefinitions, newDefinitions);
  comparison.compare(path, old, now);
  return comparison.found;
}

class Comparison {
  readonly found: Difference[] = [];
  readonly #old: Contract['definitions'];
  readonly #new: Contract['definitions'];
  /** Pairs that have been looked at: each is told of where it comes first, and one that leads back to itself ends. */
  readonly #seen = new Map<Shape, Set<Shape>>();

  constructor(old: Contract['definitions'], now: Contract['definitions']) {
    this.#old = old;
    this.#new = now;
  }

  compare(path: string, old: Shape, now: Shape): void {
    const [before, after] = [alternativesOf(old, this.#old), alternativesOf(now, this.#new)];
    const [wasAnything, isAnythingNow] = [before, after].map((list) => list.some(isAnything));
    if (wasAnything || isAnythingNow) {
      if (!wasAnything) this.#tell(path, `was ${text(old)}, is ${text(now)}`, 'widens');
      if (!isAnythingNow) this.#tell(path, `was ${text(old)}, is ${text(now)}`, 'narrows');
      return;
    }
    const gone = without(before, after);
    const come = without(after, before);
    const pairs = pairUp(gone, come);
    const union = before.length > 1 || after.length > 1;
    for (const [one, other] of pairs) this.#pair(union ? path + caseOf(one, other) : path, one, other);
    for (const one of gone)
      if (!pairs.some((pair) => pair[0] === one)) this.#tell(path, `is no longer ${text(one)}`, 'narrows');
    for (const one of come)
      if (!pairs.some((pair) => pair[1] === one)) this.#tell(path, `may be ${text(one)} too`, 'widens');
  }

  #pair(path: string, old: Shape, now: Shape): void {
    const seen = this.#seen.get(old) ?? new Set();
    if (seen.has(now)) return;
    this.#seen.set(old, seen.add(now));
    if (old.type === 'object' && now.type === 'object') this.#objects(path, old, now);
    else if (old.type === 'array' && now.type === 'array') this.#arrays(path, old, now);
    else this.#tell(path, `was ${text(old)}, is ${text(now)}`, effectOf(old, now));
  }

  #objects(path: string, old: Shape, now: Shape): void {
    const { properties: before = {} } = old;
    const { properties: after = {} } = now;
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const here = /^[\w$]+$/.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
      this.#property(
        here,
        Object.hasOwn(before, name) ? before[name] : undefined,
        Object.hasOwn(after, name) ? after[name] : undefined,
        old.required?.includes(name) ?? false,
        now.required?.includes(name) ?? false,
      );
    }
    const [oldRest, newRest] = [old.additionalProperties, now.additionalProperties];
    if (oldRest && newRest) this.compare(`${path}[…]`, oldRest, newRest);
    else if (newRest) this.#tell(path, `may have any further properties: ${text(newRest)}`, 'none');
    else if (oldRest) this.#tell(path, `has no longer any further properties: ${text(oldRest)}`, 'none');
  }

  #property(path: string, old: Shape | undefined, now: Shape | undefined, was: boolean, is: boolean): void {
    if (!old) {
      this.#tell(
        path,
        is ? 'is new, and must be there' : 'is new, and may be absent',
        is ? 'narrows' : 'none',
      );
    } else if (!now) {
      this.#tell(path, 'is no longer there', was ? 'widens' : 'none');
    } else {
      if (was && !is) this.#tell(path, 'may be absent now', 'widens');
      if (!was && is) this.#tell(path, 'must be there now', 'narrows');
      this.compare(path, old, now);
    }
  }

  #arrays(path: string, old: Shape, now: Shape): void {
    const length = Math.max(old.prefixItems?.length ?? 0, now.prefixItems?.length ?? 0);
    for (let i = 0; i < length; i++) {
      const [one, other] = [elementOf(old, i), elementOf(now, i)];
      const here = `${path}[${i}]`;
      if (one && other) {
        const [was, is] = [i < (old.minItems ?? 0), i < (now.minItems ?? 0)];
        this.#property(here, one, other, was, is);
      } else if (other) this.#tell(here, 'is new', i < (now.minItems ?? 0) ? 'both' : 'widens');
      else this.#tell(here, 'is no longer there', i < (old.minItems ?? 0) ? 'both' : 'narrows');
    }
    const [oldRest, newRest] = [elementOf(old, length), elementOf(now, length)];
    if (oldRest && newRest) this.compare(`${path}[]`, oldRest, newRest);
    else if (newRest) this.#tell(path, `may have further elements: ${text(newRest)}`, 'widens');
    else if (oldRest) this.#tell(path, 'has no further elements any more', 'narrows');
  }

  #tell(path: string, what: string, effect: Effect): void {
    this.found.push({ path, what, effect });
  }
}

function elementOf({ prefixItems = [], items }: Shape, index: number): Shape | undefined {
  return prefixItems[index] ?? (items === false ? undefined : (items ?? {}));
}

/** Those of `shapes` that `others` does not have word for word; texts for people do not count. */
function without(shapes: readonly Shape[], others: readonly Shape[]): Shape[] {
  const known = new Set(others.filter(isLeaf).map(wholeText));
  const left = shapes.filter((shape) => !isLeaf(shape) || !known.has(wholeText(shape)));
  const booleans = left.filter((shape) => typeof shape.const === 'boolean');
  if (booleans.length < 2) return left;
  return [...left.filter((shape) => !booleans.includes(shape)), { type: 'boolean' }];
}

function isLeaf({ type }: Shape): boolean {
  return type !== 'object' && type !== 'array';
}

/** Finds for members of the old union those of the new one that have become of them. */
function pairUp(old: readonly Shape[], now: readonly Shape[]): [Shape, Shape][] {
  const left = new Set(now);
  const pairs: [Shape, Shape][] = [];
  const take = (one: Shape, other: Shape | undefined) => {
    if (!other) return;
    left.delete(other);
    pairs.push([one, other]);
  };
  const open = () => old.filter((one) => !pairs.some((pair) => pair[0] === one));
  for (const rule of [isSame, haveSameMark, haveSameProperties]) {
    for (const one of open())
      take(
        one,
        [...left].find((other) => rule(one, other)),
      );
  }
  for (const type of ['object', 'array'] as const) {
    const [ones, others] = [open(), [...left]].map((list) => list.filter((shape) => shape.type === type));
    if (ones!.length === 1 && others!.length === 1) take(ones![0]!, others![0]);
  }
  if (old.length === 1 && now.length === 1 && pairs.length === 0) take(old[0]!, now[0]);
  return pairs;
}

function isSame(one: Shape, other: Shape): boolean {
  return wholeText(one) === wholeText(other);
}

/** Whether both are objects with the same literal in a property of the same name. */
function haveSameMark(one: Shape, other: Shape): boolean {
  return Object.entries(one.properties ?? {}).some(([name, shape]) => {
    const literal = shape.const;
    return literal !== undefined && other.properties?.[name]?.const === literal;
  });
}

function haveSameProperties(one: Shape, other: Shape): boolean {
  const names = (shape: Shape) =>
    Object.keys(shape.properties ?? {})
      .sort()
      .join();
  return one.type === 'object' && other.type === 'object' && names(one) === names(other);
}

/** Names a member of a union by its mark: `(code 200)`. */
function caseOf(one: Shape, other: Shape): string {
  for (const [name, shape] of Object.entries(one.properties ?? {})) {
    if (shape.const !== undefined && other.properties?.[name]?.const === shape.const)
      return `(${name} ${shape.const})`;
  }
  return '';
}

function effectOf(old: Shape, now: Shape): Effect {
  const holds = (wide: Shape, narrow: Shape) => {
    const literal = literalsOf(narrow)?.[0];
    if (wide.type === 'number' && narrow.type === 'integer') return true;
    return literal !== undefined && literalsOf(wide) === undefined && wide.type === typeof literal;
  };
  if (holds(old, now)) return 'narrows';
  return holds(now, old) ? 'widens' : 'both';
}

const longestText = 60;

function wholeText(shape: Shape): string {
  return shape.type === 'integer' ? 'whole number' : typeText(shape);
}

function text(shape: Shape): string {
  const whole = wholeText(shape);
  return whole.length > longestText ? `${whole.slice(0, longestText - 2)} …` : whole;
}
