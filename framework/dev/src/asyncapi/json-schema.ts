import { definitionOf, type Shape } from '@pomelo-ts/common/contract';

type Schema = Readonly<Record<string, unknown>>;

/** A shape as AsyncAPI's own schemas say it, which follow JSON Schema draft 7: there lists and references are said otherwise. */
export function schemaOf(shape: Shape): Schema {
  const { $ref: _ref, proto, properties, additionalProperties, items, prefixItems, anyOf, ...words } = shape;
  const name = definitionOf(shape);
  return {
    ...words,
    // In draft 7 nothing counts beside a reference.
    ...(name !== undefined && { allOf: [{ $ref: `#/components/schemas/${encodeURIComponent(name)}` }] }),
    ...(anyOf && { anyOf: anyOf.map(schemaOf) }),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, schemaOf(one)])),
    }),
    ...(additionalProperties && { additionalProperties: schemaOf(additionalProperties) }),
    ...listWords(prefixItems, items),
    ...(proto !== undefined && { 'x-proto': proto }),
  };
}

function listWords(prefixItems: Shape['prefixItems'], items: Shape['items']): Schema {
  if (!prefixItems) return items ? { items: schemaOf(items) } : {};
  if (prefixItems.length === 0)
    return items === false ? { maxItems: 0 } : items ? { items: schemaOf(items) } : {};
  return {
    items: prefixItems.map(schemaOf),
    ...(items !== undefined && { additionalItems: items === false ? false : schemaOf(items) }),
  };
}
