import { PomeloError } from '@pomelo-ts/common';
import type { ConfigProblem } from '@pomelo-ts/common/config';
import { nearest } from '@pomelo-ts/common/internal';
import type { z } from 'zod';
import { type SchemaNode, schemaTree, valueAt } from './schema-tree.js';

/** Keys and indexes that lead from a file's top to a value. */
export type Path = readonly PropertyKey[];

/** For a file that is read once: zod would first compile a parser of its own for it, which takes longer. */
const onceOnly = { jitless: true };

/** Collects all that is wrong, to be told at once. */
export class Problems {
  readonly list: ConfigProblem[] = [];
  readonly #files: ReadonlyMap<string, z.ZodType>;

  /** @param files schemas by the files that they are of: a key that stands in the wrong one is told so */
  constructor(files: ReadonlyMap<string, z.ZodType> = new Map()) {
    this.#files = files;
  }

  add(file: string, path: Path | string, message: string): void {
    this.list.push({ file, path: typeof path === 'string' ? path : showPath(path), message });
  }

  /** Adds what `schema` finds wrong with `value`; gives the parsed value when nothing is. */
  parse<S extends z.ZodType>(
    schema: S,
    value: unknown,
    file: string,
    path: Path = [],
  ): z.output<S> | undefined {
    const result = schema.safeParse(value, onceOnly);
    if (result.success) return result.data;
    for (const issue of result.error.issues.flatMap((one) => innerIssues(one, value))) {
      const at = [...path, ...issue.path];
      if (issue.code === 'unrecognized_keys') {
        const known = keysAt(schema, issue.path);
        for (const key of issue.keys)
          this.add(
            file,
            [...at, key],
            this.#rightFile(schema, [...issue.path, key]) ?? unknownKey(key, known),
          );
      } else {
        this.add(file, at, `expected ${issue.message}, got ${show(valueAt(value, issue.path))}`);
      }
    }
    return undefined;
  }

  /** Says where a key belongs that another file knows. */
  #rightFile(schema: z.ZodType, path: Path): string | undefined {
    const key = String(path.at(-1));
    for (const [file, other] of this.#files)
      if (other !== schema && keysAt(other, path.slice(0, -1)).includes(key))
        return `unknown key here; it belongs into ${file}`;
    return undefined;
  }

  /** Throws CONFIG_INVALID with a line for each problem, if there is one. */
  throwIfAny(): void {
    if (this.list.length === 0) return;
    const lines = this.list.map(
      ({ file, path, message }) => `  ${file}: ${path ? `${path}: ` : ''}${message}`,
    );
    throw new PomeloError('CONFIG_INVALID', { count: this.list.length, problems: lines.join('\n') });
  }
}

/** What is wrong within the one kind of several that a value is of, such as an object with a key that nobody knows; else that it is of none. */
function innerIssues(issue: z.core.$ZodIssue, value: unknown): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const ofKind = issue.errors.filter((issues) => issues.length > 0 && !issues.some(isOfOtherKind));
  if (ofKind.length !== 1) return [issue];
  const inner = ofKind[0]!.map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
  const at = valueAt(value, issue.path);
  const isObject = typeof at === 'object' && !Array.isArray(at);
  return isObject ? inner.flatMap((one) => innerIssues(one as z.core.$ZodIssue, value)) : [issue];
}

const isOfOtherKind = ({ code, path }: z.core.$ZodIssue): boolean =>
  path.length === 0 && code !== 'unrecognized_keys' && code !== 'custom';

function unknownKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near === undefined
    ? `unknown key; known are ${known.join(', ')}`
    : `unknown key; did you mean ${near}?`;
}

/** `connector[0].port` for `['connector', 0, 'port']`. */
export function showPath(path: Path): string {
  let shown = '';
  for (const key of path) {
    if (typeof key === 'number') shown += `[${key}]`;
    else if (/^[\w$-]+$/.test(String(key))) shown += shown ? `.${String(key)}` : String(key);
    else shown += `[${JSON.stringify(String(key))}]`;
  }
  return shown;
}

/** A value as it may stand in a message: JSON, cut short. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** The keys that an object at `path` may have. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let node: SchemaNode | undefined = schemaTree(schema);
  for (const key of path) {
    if (typeof key === 'number') node = node?.items;
    else node = objectOf(node)?.properties?.[String(key)] ?? anyMember(node);
  }
  return Object.keys(objectOf(node)?.properties ?? {});
}

/** The kind of several that is an object with keys. */
const objectOf = (node: SchemaNode | undefined): SchemaNode | undefined =>
  node?.properties ? node : node?.anyOf?.find(({ properties }) => properties !== undefined);

/** What any member of an object is whose keys are free. */
function anyMember(node: SchemaNode | undefined): SchemaNode | undefined {
  const { additionalProperties } = node ?? {};
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}
