import { definitionOf, type Literal, type Shape } from './shape.js';

/** Writes the types of objects, where they should look other than on one line. */
export type WriteObject = (shape: Shape) => string;

/** A shape as TypeScript says it: `"play" | number`, `{ msg: string }[]`. */
export function typeText(shape: Shape, writeObject: WriteObject = objectOnOneLine): string {
  const name = definitionOf(shape);
  if (name !== undefined) return name;
  if (shape.anyOf) return shape.anyOf.map((one) => typeText(one, writeObject)).join(' | ') || 'never';
  if (shape.enum) return shape.enum.map(literalText).join(' | ');
  if (shape.const !== undefined) return literalText(shape.const);
  switch (shape.type) {
    case 'object':
      return writeObject(shape);
    case 'array':
      return arrayText(shape, writeObject);
    case 'integer':
      return 'number';
    case undefined:
      return 'unknown';
    default:
      return shape.type;
  }
}

/** A property's name as TypeScript writes it: with quotes where it needs them. */
export function propertyName(name: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? name : JSON.stringify(name);
}

function literalText(literal: Literal): string {
  return JSON.stringify(literal);
}

function arrayText({ items, prefixItems, minItems = 0 }: Shape, writeObject: WriteObject): string {
  const text = (shape: Shape) => {
    const inner = typeText(shape, writeObject);
    return isUnion(shape) ? `(${inner})` : inner;
  };
  if (!prefixItems) return `readonly ${text(items || {})}[]`;
  const elements = prefixItems.map((one, i) => `${text(one)}${i < minItems ? '' : '?'}`);
  if (items) elements.push(`...${text(items)}[]`);
  return `readonly [${elements.join(', ')}]`;
}

function isUnion({ anyOf, enum: literals, type }: Shape): boolean {
  return (anyOf?.length ?? 0) > 1 || (literals?.length ?? 0) > 1 || type === 'array';
}

function objectOnOneLine({ properties = {}, required = [], additionalProperties }: Shape): string {
  const members = Object.entries(properties).map(
    ([name, shape]) =>
      `${propertyName(name)}${required.includes(name) ? '' : '?'}: ${typeText(shape, objectOnOneLine)}`,
  );
  if (additionalProperties)
    members.push(`[name: string]: ${typeText(additionalProperties, objectOnOneLine)}`);
  return members.length === 0 ? '{}' : `{ ${members.join('; ')} }`;
}
