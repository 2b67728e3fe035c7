/** The form of the document; another number would be another form. */
export const contractVersion = 1;

/** What a game and its clients say to each other: made from the game's types, kept beside its configuration. */
export interface Contract {
  readonly contractVersion: typeof contractVersion;
  /** By `type.handler.method`. */
  readonly routes: Readonly<Record<string, RouteContract>>;
  /** By the route of the push. */
  readonly pushes: Readonly<Record<string, PushContract>>;
  /** What handlers may answer instead, by code. */
  readonly errors: Readonly<Record<string, ErrorContract>>;
  /** Shapes with a name; `$ref` leads to them. */
  readonly definitions: Readonly<Record<string, Shape>>;
}

export interface RouteContract {
  /** Body of the request or notify. */
  readonly input: Shape;
  /** Body of the answer. */
  readonly answer: Shape;
  readonly doc?: string;
  readonly deprecated?: true;
  /** `none` where pomelo's protobuf is not wanted. */
  readonly proto?: 'none';
}

export interface PushContract {
  readonly body: Shape;
  readonly doc?: string;
  readonly deprecated?: true;
  /** `none` where pomelo's protobuf is not wanted. */
  readonly proto?: 'none';
}

export interface ErrorContract {
  /** Absent when the error carries no data. */
  readonly data?: Shape;
  readonly doc?: string;
}

export const shapeTypes = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
export type ShapeType = (typeof shapeTypes)[number];

export type Literal = string | number | boolean;

/**
 * The shape of a JSON value, in a subset of JSON Schema 2020-12. One without any of its words is any value at all.
 *
 * @example { type: 'object', properties: { msg: { type: 'string' } }, required: ['msg'] }
 */
export interface Shape {
  readonly type?: ShapeType;
  readonly const?: Literal;
  readonly enum?: readonly Literal[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  /** Of the properties that `properties` does not name. Absent: there are none that a reader may count on. */
  readonly additionalProperties?: Shape;
  /** Of a list's elements after those of `prefixItems`; `false` for none. */
  readonly items?: Shape | false;
  readonly prefixItems?: readonly Shape[];
  /** How many of `prefixItems` are there at least. */
  readonly minItems?: number;
  /** One of these. */
  readonly anyOf?: readonly Shape[];
  /** `#/definitions/<name>` */
  readonly $ref?: string;
  readonly description?: string;
  readonly deprecated?: true;
  /** The scalar of pomelo's protobuf that a number is sent as. No word of JSON Schema, whose readers pass over it. */
  readonly proto?: string;
}

const refPrefix = '#/definitions/';

/** A shape that stands for the definition of that name. */
export function refTo(name: string): Shape {
  return { $ref: refPrefix + name };
}

/** The name of the definition that a shape stands for; undefined when it is no reference. */
export function definitionOf(shape: Shape): string | undefined {
  return shape.$ref?.startsWith(refPrefix) ? shape.$ref.slice(refPrefix.length) : undefined;
}

/** The shape itself, or what its reference leads to. */
export function resolve(shape: Shape, definitions: Contract['definitions']): Shape {
  const name = definitionOf(shape);
  return name === undefined ? shape : (definitions[name] ?? {});
}

/** Whether any JSON value has the shape. */
export function isAnything(shape: Shape): boolean {
  const { type, const: literal, enum: literals, anyOf, $ref } = shape;
  return [type, literal, literals, anyOf, $ref].every((word) => word === undefined);
}

/** The literals of a shape that names some; undefined for any other. */
export function literalsOf(shape: Shape): readonly Literal[] | undefined {
  return shape.const === undefined ? shape.enum : [shape.const];
}

/** What a shape is one of, unions in unions and references resolved: neither `anyOf`, `enum`, `$ref` nor `boolean` is left. */
export function alternativesOf(shape: Shape, definitions: Contract['definitions']): readonly Shape[] {
  const plain = resolve(shape, definitions);
  if (plain.anyOf) return plain.anyOf.flatMap((one) => alternativesOf(one, definitions));
  if (plain.enum) return plain.enum.map((literal) => ({ const: literal }));
  if (plain.type === 'boolean') return [{ const: false }, { const: true }];
  return [plain];
}
