import { PomeloError } from '../errors.js';
import { type Contract, contractVersion, definitionOf, type Shape, shapeTypes } from './shape.js';

/**
 * Checks that a value read from `file` is a contract.
 * @throws CONTRACT_INVALID with the path of the first fault
 */
export function parseContract(value: unknown, file: string): Contract {
  const check = new Check(file);
  const contract = check.record(value, 'the document');
  if (contract['contractVersion'] !== contractVersion)
    check.fail('contractVersion', String(contractVersion), contract['contractVersion']);
  const definitions = check.record(contract['definitions'], 'definitions');
  const shapes = new ShapeCheck(check, definitions);
  for (const [name, shape] of Object.entries(definitions)) shapes.shape(shape, `definitions.${name}`);
  for (const [section, words] of Object.entries(sections)) {
    for (const [name, entry] of Object.entries(check.record(contract[section], section))) {
      const path = `${section}["${name}"]`;
      const given = check.record(entry, path);
      for (const [word, needed] of Object.entries(words))
        if (needed || given[word] !== undefined) shapes.shape(given[word], `${path}.${word}`);
    }
  }
  return value as Contract;
}

/** The shapes that an entry of each section has, and whether it must. */
const sections = {
  routes: { input: true, answer: true },
  pushes: { body: true },
  errors: { data: false },
} as const;

class Check {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  record(value: unknown, path: string): Record<string, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      this.fail(path, 'an object', value);
    return value as Record<string, unknown>;
  }

  list(value: unknown, path: string): readonly unknown[] {
    if (!Array.isArray(value)) this.fail(path, 'a list', value);
    return value;
  }

  fail(path: string, expected: string, got: unknown): never {
    const text = got === undefined ? 'absent' : JSON.stringify(got).slice(0, 60);
    throw new PomeloError('CONTRACT_INVALID', { file: this.#file, path, expected, got: text });
  }
}

class ShapeCheck {
  readonly #check: Check;
  readonly #definitions: Record<string, unknown>;

  constructor(check: Check, definitions: Record<string, unknown>) {
    this.#check = check;
    this.#definitions = definitions;
  }

  shape(value: unknown, path: string): void {
    const check = this.#check;
    const shape = check.record(value, path) as Shape;
    if (shape.type !== undefined && !shapeTypes.includes(shape.type))
      check.fail(`${path}.type`, `one of ${shapeTypes.join(', ')}`, shape.type);
    if (shape.$ref !== undefined) {
      const name = definitionOf(shape);
      if (name === undefined || !Object.hasOwn(this.#definitions, name))
        check.fail(`${path}.$ref`, '#/definitions/ and the name of one', shape.$ref);
    }
    if (shape.properties !== undefined)
      for (const [name, one] of Object.entries(check.record(shape.properties, `${path}.properties`)))
        this.shape(one, `${path}.properties.${name}`);
    for (const word of ['anyOf', 'prefixItems'] as const)
      if (shape[word] !== undefined)
        check.list(shape[word], `${path}.${word}`).forEach((one, i) => {
          this.shape(one, `${path}.${word}[${i}]`);
        });
    for (const word of ['required', 'enum'] as const)
      if (shape[word] !== undefined) check.list(shape[word], `${path}.${word}`);
    if (shape.items !== undefined && shape.items !== false) this.shape(shape.items, `${path}.items`);
    if (shape.additionalProperties !== undefined)
      this.shape(shape.additionalProperties, `${path}.additionalProperties`);
  }
}
