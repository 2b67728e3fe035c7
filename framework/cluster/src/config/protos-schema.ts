/** A file of message schemas in pomelo's JSON form, for editors. What is wrong beyond its form is told at start. */
export const protosFileSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'clientProtos.json5 and serverProtos.json5: what travels as protobuf',
  type: 'object',
  properties: { $schema: { type: 'string', description: 'The schema of this file, for editors.' } },
  additionalProperties: { $ref: '#/$defs/message' },
  $defs: {
    message: {
      type: 'object',
      patternProperties: {
        '^(required|optional|repeated|map|obj) \\S+ \\S+$': {
          description: '"<required|optional|repeated> <type> <name>": tag.',
          type: 'integer',
          minimum: 1,
        },
        '^message \\S+$': {
          description: 'A message that fields here name as their type.',
          $ref: '#/$defs/message',
        },
      },
      additionalProperties: false,
    },
  },
} as const;

/** The list of routes with short codes, for editors. */
export const dictionaryFileSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'dictionary.json5: routes that travel as two bytes',
  type: 'array',
  items: { type: 'string', minLength: 1, description: 'The route of a push.' },
} as const;
