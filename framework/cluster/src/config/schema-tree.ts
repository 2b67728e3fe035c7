import * as z from 'zod';

/** A node of a JSON schema, as far as configuration schemas use them. */
export interface SchemaNode {
  readonly type?: string;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly SchemaNode[];
  readonly items?: SchemaNode;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
}

/** What may stand in a file that `schema` reads, as a JSON schema. */
export function schemaTree(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, { io: 'input' }) as SchemaNode;
}

/** A field that has no fields of its own, and where it stands. */
export interface Leaf {
  readonly path: readonly string[];
  readonly node: SchemaNode;
}

/** All leaves below `node`, in the order of the schema. */
export function leavesOf(node: SchemaNode, path: readonly string[] = []): Leaf[] {
  if (!node.properties) return [{ path, node }];
  return Object.entries(node.properties).flatMap(([key, child]) => leavesOf(child, [...path, key]));
}

/** The value at `path`, undefined where something on the way is missing. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}
