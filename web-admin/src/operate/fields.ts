import type { ArgumentSchema, OperationInfo } from '../api/answers.js';

/**
 * How an argument is asked for: `option` by a field of options elsewhere on the page, `long` as a text of many lines, `word` as a number or a
 * word, `texts` as a list with one a line, and all else as JSON.
 */
export type FieldKind = 'option' | 'long' | 'word' | 'texts' | 'json';

/** One field of the form of an operation. */
export interface FormField {
  readonly name: string;
  readonly schema: ArgumentSchema;
  readonly required: boolean;
  readonly kind: FieldKind;
}

/** What somebody has put into fields, by their names: texts, but for options the values themselves. */
export type Given = Readonly<Record<string, unknown>>;

/** Why a field cannot be read. */
export type FieldFault = { readonly is: 'missing' } | { readonly is: 'not-json'; readonly reason: string };

/** By the names of fields. */
export type FieldFaults = Readonly<Record<string, FieldFault>>;

/** Texts that may be so long, in characters, get more than one line. */
const longFrom = 1000;

/** The fields for the arguments of an operation, those that it needs first. */
export function fieldsOf({ properties = {}, required = [] }: OperationInfo['args']): readonly FormField[] {
  const fields = Object.entries(properties).map(([name, schema]) => ({
    name,
    schema,
    required: required.includes(name),
    kind: kindOf(schema),
  }));
  return [...fields.filter((one) => one.required), ...fields.filter((one) => !one.required)];
}

function kindOf({ type, items, anyOf, maxLength = 0 }: ArgumentSchema): FieldKind {
  if (type === 'string') return maxLength >= longFrom ? 'long' : 'option';
  if (type === 'boolean' || type === 'number' || type === 'integer') return 'option';
  if (type === 'array' && items?.type === 'string') return 'texts';
  return anyOf?.every((one) => one.type === 'string' || one.type === 'integer' || one.type === 'number')
    ? 'word'
    : 'json';
}

/** The arguments that fields mean; an optional one of which nothing is said is left out. */
export function readFields(
  fields: readonly FormField[],
  given: Given,
): { readonly args: Readonly<Record<string, unknown>>; readonly faults: FieldFaults } {
  const args: Record<string, unknown> = {};
  const faults: Record<string, FieldFault> = {};
  for (const { name, kind, required } of fields) {
    try {
      const value = meantBy(kind, given[name]);
      if (value !== undefined) args[name] = value;
      else if (required) faults[name] = { is: 'missing' };
    } catch (error) {
      faults[name] = { is: 'not-json', reason: (error as Error).message };
    }
  }
  return { args, faults };
}

/** @throws SyntaxError for what has to be JSON and is none */
function meantBy(kind: FieldKind, given: unknown): unknown {
  if (kind === 'option' || given === undefined) return given;
  const text = String(given);
  if (text.trim() === '') return undefined;
  switch (kind) {
    case 'long':
      return text;
    case 'word':
      return Number.isNaN(Number(text)) ? text.trim() : Number(text);
    case 'texts':
      return textsIn(text);
    case 'json':
      return JSON.parse(text);
  }
}

function textsIn(text: string): readonly string[] | undefined {
  const texts = text.split(/[\n,]/).map((one) => one.trim());
  const some = texts.filter((one) => one !== '');
  return some.length > 0 ? some : undefined;
}

/** What JSON of a schema looks like: `{"uids": [string, …]} | {"all": true}`. */
export function shapeOf(schema: ArgumentSchema): string {
  const { type, enum: words, const: only, anyOf, items } = schema;
  if (only !== undefined) return JSON.stringify(only);
  if (words) return words.map((one) => JSON.stringify(one)).join(' | ');
  if (anyOf) return anyOf.map(shapeOf).join(' | ');
  if (type === 'object') return objectShape(schema);
  if (type !== 'array') return type ?? '…';
  const item = shapeOf(items ?? {});
  return item === '…' ? '[…]' : `[${item}, …]`;
}

function objectShape({
  properties = {},
  required = [],
  additionalProperties: others,
}: ArgumentSchema): string {
  const parts = Object.entries(properties).map(
    ([name, one]) => `"${name}"${required.includes(name) ? '' : '?'}: ${shapeOf(one)}`,
  );
  if (typeof others === 'object') parts.push(`"…": ${shapeOf(others)}`);
  return `{${parts.join(', ')}}`;
}
