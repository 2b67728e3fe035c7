import {
  alternativesOf,
  type Contract,
  isAnything,
  type Literal,
  literalsOf,
  resolve,
  type Shape,
} from './shape.js';

type Definitions = Contract['definitions'];

/** A shape in a union is tried in each of its cases up to this many, as TypeScript does. */
const mostCases = 25;

/**
 * Whether every value of the shape `from` has the shape `to`, as TypeScript would see it: a property that a shape does not name
 * is taken as absent. Each shape is read with the definitions of its own contract.
 *
 * It never says yes wrongly; a no may be wrong for unions whose members overlap in part.
 */
export function fitsShape(
  from: Shape,
  fromDefinitions: Definitions,
  to: Shape,
  toDefinitions: Definitions,
): boolean {
  return new Fitting(fromDefinitions, toDefinitions).fits(from, to);
}

class Fitting {
  readonly #from: Definitions;
  readonly #to: Definitions;
  /** Pairs that are being looked at: a shape that leads back to itself fits unless something else speaks against it. */
  readonly #assumed = new Map<Shape, Set<Shape>>();
  /** The same pairs in order, so that what was found on an assumption goes with it. */
  readonly #trail: [Shape, Shape][] = [];

  constructor(from: Definitions, to: Definitions) {
    this.#from = from;
    this.#to = to;
  }

  fits(from: Shape, to: Shape): boolean {
    const source = resolve(from, this.#from);
    const target = resolve(to, this.#to);
    const assumed = this.#assumed.get(source) ?? new Set();
    if (assumed.has(target)) return true;
    this.#assumed.set(source, assumed.add(target));
    const mark = this.#trail.push([source, target]) - 1;
    const fine = this.#alternatives(source, target);
    if (!fine) for (const [one, other] of this.#trail.splice(mark)) this.#assumed.get(one)!.delete(other);
    return fine;
  }

  #alternatives(source: Shape, target: Shape): boolean {
    const targets = alternativesOf(target, this.#to);
    return alternativesOf(source, this.#from).every(
      (one) =>
        this.#any(one, targets) ||
        this.#cases(one).some((cases) => cases.every((each) => this.#any(each, targets))),
    );
  }

  #any(source: Shape, targets: readonly Shape[]): boolean {
    return targets.some((target) => this.#single(source, target));
  }

  /** `{code: 200 | 500}` is `{code: 200}` or `{code: 500}`: the ways to take an object apart at a property with few literals. */
  #cases(source: Shape): Shape[][] {
    if (source.type !== 'object') return [];
    return Object.entries(source.properties ?? {}).flatMap(([name, shape]) => {
      const literals = alternativesOf(shape, this.#from);
      if (literals.length < 2 || literals.length > mostCases) return [];
      return [literals.map((one) => ({ ...source, properties: { ...source.properties, [name]: one } }))];
    });
  }

  #single(source: Shape, target: Shape): boolean {
    if (isAnything(target)) return true;
    if (isAnything(source)) return false;
    const literal = literalsOf(source)?.[0];
    if (literal !== undefined) {
      const wanted = literalsOf(target)?.[0];
      return wanted === undefined ? isOfType(literal, target.type) : wanted === literal;
    }
    if (literalsOf(target)) return false;
    if (source.type === 'object' && target.type === 'object') return this.#object(source, target);
    if (source.type === 'array' && target.type === 'array') return this.#array(source, target);
    return source.type === target.type || (source.type === 'integer' && target.type === 'number');
  }

  #object(source: Shape, target: Shape): boolean {
    const has = source.properties ?? {};
    const surely = new Set(source.required);
    for (const [name, wanted] of Object.entries(target.properties ?? {})) {
      const given = Object.hasOwn(has, name) ? has[name] : source.additionalProperties;
      if (target.required?.includes(name) && !surely.has(name)) return false;
      if (given && !this.fits(given, wanted)) return false;
    }
    const rest = target.additionalProperties;
    if (!rest) return true;
    const others = Object.entries(has).filter(([name]) => !Object.hasOwn(target.properties ?? {}, name));
    if (!others.every(([, given]) => this.fits(given, rest))) return false;
    return !source.additionalProperties || this.fits(source.additionalProperties, rest);
  }

  #array(source: Shape, target: Shape): boolean {
    if ((target.minItems ?? 0) > (source.minItems ?? 0)) return false;
    const length = Math.max(source.prefixItems?.length ?? 0, target.prefixItems?.length ?? 0);
    for (let i = 0; i <= length; i++) {
      const given = elementAt(source, i);
      const wanted = elementAt(target, i);
      if (given === undefined) break;
      if (wanted === undefined || !this.fits(given, wanted)) return false;
    }
    return true;
  }
}

/** The shape of a list's element; undefined where there is none. */
function elementAt({ prefixItems = [], items }: Shape, index: number): Shape | undefined {
  return prefixItems[index] ?? (items === false ? undefined : (items ?? {}));
}

function isOfType(literal: Literal, type: Shape['type']): boolean {
  return type === 'integer' ? Number.isInteger(literal) : typeof literal === type;
}
