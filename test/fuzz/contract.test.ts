import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Contract, diffContracts, fitsShape, type Shape } from '../../framework/common/src/contract.js';

const definitions: Contract['definitions'] = {
  Tree: {
    type: 'object',
    properties: {
      leaf: { type: 'string' },
      left: { $ref: '#/definitions/Tree' },
      right: { $ref: '#/definitions/Leaf' },
    },
    required: ['leaf'],
  },
  Leaf: { anyOf: [{ type: 'null' }, { $ref: '#/definitions/Tree' }, { const: 'none' }] },
};

/** Few names and literals, so that two shapes have something in common. */
const names = fc.constantFrom('a', 'b', 'c');
const literals = fc.constantFrom('x', 'y', 1, 2, true, false);

const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Shape>(
      ...(['string', 'number', 'integer', 'boolean', 'null'] as const).map((type) => ({ type })),
      {},
      { $ref: '#/definitions/Tree' },
      { $ref: '#/definitions/Leaf' },
    ),
    literals.map((literal) => ({ const: literal })),
    fc.uniqueArray(literals, { minLength: 2, maxLength: 3 }).map((all) => ({ enum: all })),
    fc.array(tie('shape'), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    tie('shape').map((items): Shape => ({ type: 'array', items })),
    fc.tuple(fc.array(tie('shape'), { minLength: 1, maxLength: 2 }), fc.nat(2), fc.option(tie('shape'))).map(
      ([prefixItems, least, rest]): Shape => ({
        ...{ type: 'array', prefixItems, items: rest ?? false },
        ...{ minItems: Math.min(least, prefixItems.length) },
      }),
    ),
    tie('shape').map((additionalProperties): Shape => ({ type: 'object', additionalProperties })),
    fc.tuple(fc.dictionary(names, tie('shape'), { noNullPrototype: true }), fc.array(names)).map(
      ([properties, required]): Shape => ({
        ...{ type: 'object', properties },
        ...{ required: [...new Set(required)].filter((name) => Object.hasOwn(properties, name)) },
      }),
    ),
  ),
}));

/** Shapes that have much in common with one. */
function relativesOf(one: Shape, depth = 3): fc.Arbitrary<Shape> {
  const ways: fc.Arbitrary<Shape>[] = [
    fc.constant(one),
    shape,
    shape.map((other) => ({ anyOf: [one, other] })),
  ];
  const { properties = {}, items, prefixItems, anyOf } = one;
  if (depth > 0 && one.type === 'object')
    ways.push(
      fc.subarray(Object.keys(properties)).map((required) => ({ ...one, required })),
      ...Object.entries(properties).map(([name, inner]) =>
        relativesOf(inner, depth - 1).map((other) => ({
          ...one,
          properties: { ...properties, [name]: other },
        })),
      ),
    );
  if (depth > 0 && items) ways.push(relativesOf(items, depth - 1).map((other) => ({ ...one, items: other })));
  if (depth > 0 && prefixItems)
    ways.push(
      fc.nat(prefixItems.length).map((minItems) => ({ ...one, minItems })),
      relativesOf(prefixItems[0]!, depth - 1).map((first) => ({
        ...one,
        prefixItems: [first, ...prefixItems.slice(1)],
      })),
    );
  if (anyOf) ways.push(fc.subarray([...anyOf], { minLength: 1 }).map((some) => ({ ...one, anyOf: some })));
  return fc.oneof(...ways);
}

/** Two shapes that are related, in either order. */
const pair = shape
  .chain((one) => fc.tuple(fc.constant(one), relativesOf(one), fc.boolean()))
  .map(([one, other, turned]): [Shape, Shape] => (turned ? [other, one] : [one, other]));

const ajv = new Ajv({ strict: false });

/** Whether a value has a shape, by a library that knows nothing of us. */
function isValid(one: Shape, value: unknown): boolean {
  return ajv.validate(
    {
      ...one,
      definitions: Object.fromEntries(
        Object.entries(definitions).map(([name, definition]) => [name, forAjv(definition)]),
      ),
      ...forAjv(one),
    },
    value,
  ) as boolean;
}

/** Draft 7 has other words for lists whose elements differ. */
function forAjv(one: Shape): Record<string, unknown> {
  const { prefixItems, items, properties, additionalProperties, anyOf, ...words } = one;
  const listed = prefixItems && {
    items: prefixItems.map(forAjv),
    additionalItems: items === false ? false : forAjv(items ?? {}),
  };
  return {
    ...words,
    ...(anyOf && { anyOf: anyOf.map(forAjv) }),
    ...(properties && { properties: mapValues(properties, forAjv) }),
    ...(additionalProperties && { additionalProperties: forAjv(additionalProperties) }),
    ...(listed ?? (items && { items: forAjv(items) })),
  };
}

function mapValues<T, To>(record: Readonly<Record<string, T>>, to: (value: T) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]));
}

/** Values of a shape, with no property that it does not name. */
function valuesOf(one: Shape, depth = 3): fc.Arbitrary<unknown> {
  if (one.$ref) return valuesOf(definitions[one.$ref.slice('#/definitions/'.length)]!, depth);
  if (one.anyOf) {
    const ending = one.anyOf.filter((member) => !member.$ref);
    const members = depth > 0 || ending.length === 0 ? one.anyOf : ending;
    return fc.oneof(...members.map((member) => valuesOf(member, depth - 1)));
  }
  if (one.enum) return fc.constantFrom(...one.enum);
  if (one.const !== undefined) return fc.constant(one.const);
  switch (one.type) {
    case 'string':
      return fc.constantFrom('x', 'y', 'z', '');
    case 'number':
      return fc.constantFrom(1, 2, 3, 0.5);
    case 'integer':
      return fc.constantFrom(1, 2, 3);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return listsOf(one, depth);
    case 'object':
      return objectsOf(one, depth);
    default:
      return fc.constantFrom<unknown>('x', 1, true, null, {}, [], { a: 'x' }, [1, 'x']);
  }
}

function listsOf({ prefixItems = [], items, minItems = 0 }: Shape, depth: number): fc.Arbitrary<unknown> {
  const rest =
    items === false || depth <= 0
      ? fc.constant([])
      : fc.array(valuesOf(items ?? {}, depth - 1), { maxLength: 2 });
  const first = fc.tuple(...prefixItems.map((one) => valuesOf(one, depth - 1)));
  return fc
    .tuple(first, rest, fc.integer({ min: minItems, max: prefixItems.length }))
    .map(([head, tail, length]) =>
      length < prefixItems.length ? head.slice(0, length) : [...head, ...tail],
    );
}

function objectsOf(
  { properties = {}, required = [], additionalProperties }: Shape,
  depth: number,
): fc.Arbitrary<unknown> {
  const named = Object.entries(properties).filter(([name]) => depth > 0 || required.includes(name));
  const model = Object.fromEntries(named.map(([name, one]) => [name, valuesOf(one, depth - 1)]));
  const own = fc.record(model, { requiredKeys: required as never[], noNullPrototype: true });
  if (!additionalProperties || depth <= 0) return own;
  const more = fc.dictionary(fc.constantFrom('a', 'b', 'd'), valuesOf(additionalProperties, depth - 1), {
    noNullPrototype: true,
  });
  return fc.tuple(more, own).map(([rest, known]) => ({ ...rest, ...(known as object) }));
}

/** A contract whose one route takes, or answers with, a shape. */
function contractOf(kind: 'input' | 'answer', one: Shape): Contract {
  const route = { input: {}, answer: {}, [kind]: one };
  return { contractVersion: 1, routes: { 'a.b.c': route }, pushes: {}, errors: {}, definitions };
}

describe('shapes that nobody has thought of', { timeout: 60_000 }, () => {
  it('fit only where every value of the one is a value of the other', () => {
    fc.assert(
      fc.property(
        pair.chain(([one, other]) => fc.tuple(fc.constant(one), fc.constant(other), valuesOf(one))),
        ([one, other, value]) => {
          expect(isValid(one, value)).toBe(true);
          if (fitsShape(one, definitions, other, definitions)) expect(isValid(other, value)).toBe(true);
        },
      ),
      { numRuns: 600 },
    );
  });

  it('fit themselves, and do not differ from themselves', () => {
    fc.assert(
      fc.property(shape, (one) => {
        expect(fitsShape(one, definitions, one, definitions)).toBe(true);
        for (const kind of ['input', 'answer'] as const)
          expect(diffContracts(contractOf(kind, one), contractOf(kind, one))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('are told of as breaking exactly where they do not fit', () => {
    fc.assert(
      fc.property(pair, ([old, now]) => {
        const breaks = (kind: 'input' | 'answer') =>
          diffContracts(contractOf(kind, old), contractOf(kind, now)).some(({ breaking }) => breaking);
        expect(breaks('input')).toBe(!fitsShape(old, definitions, now, definitions));
        expect(breaks('answer')).toBe(!fitsShape(now, definitions, old, definitions));
      }),
      { numRuns: 500 },
    );
  });
});
