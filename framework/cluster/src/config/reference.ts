import type { z } from 'zod';
import { cronSchema } from './crons-schema.js';
import { masterSchema } from './master-schema.js';
import { dictionaryFileSchema, protosFileSchema } from './protos-schema.js';
import { type Leaf, leavesOf, type SchemaNode, schemaTree } from './schema-tree.js';
import { serverSchema } from './server-schema.js';
import { settingsSchema } from './settings-schema.js';

type SchemaName = 'servers' | 'master' | 'settings' | 'crons' | 'dictionary' | 'protos';

/** The JSON schemas for editors, by file name. Those of settings allow a level of environments above, as the files do. */
export function configSchemas(): Readonly<Record<SchemaName, object>> {
  const servers: SchemaNode = {
    type: 'object',
    additionalProperties: { type: 'array', items: bare(serverSchema) },
  };
  const crons: SchemaNode = {
    type: 'object',
    additionalProperties: { type: 'array', items: bare(cronSchema) },
  };
  return {
    dictionary: dictionaryFileSchema,
    protos: protosFileSchema,
    crons: fileSchema('crons.json5: what servers run by the clock', crons),
    servers: fileSchema('servers.json5: the servers of the cluster by type', servers),
    master: fileSchema('master.json5: where the master is', bare(masterSchema)),
    settings: fileSchema('settings.json5: how servers behave', bare(settingsSchema('production'))),
  };
}

function fileSchema(title: string, value: SchemaNode): object {
  const byEnvironment = {
    type: 'object',
    properties: ownSchema,
    additionalProperties: { $ref: '#/$defs/value' },
  };
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    anyOf: [{ $ref: '#/$defs/value' }, byEnvironment],
    $defs: { value: { ...value, properties: { ...ownSchema, ...value.properties } } },
  };
}

/** Files name their schema for editors. */
const ownSchema = { $schema: { type: 'string', description: 'The schema of this file, for editors.' } };

function bare(schema: z.ZodType): SchemaNode {
  const { $schema: _, ...rest } = schemaTree(schema) as SchemaNode & { $schema?: string };
  return rest;
}

const intro = `# Configuration

Made from the schemas by \`npm run docs\`; do not edit.

A game's \`config/\` folder holds these files as JSON5 (\`.json5\`) or JSON (\`.json\`). A file in \`config/\` may have the
environment's name among its top-level keys; then only that part counts. A file that is not in \`config/\` is looked for in
\`config/<environment>/\`. Unknown keys are errors; \`$schema\`, a text, may name a file's schema for editors. \`pomelo-ts config check\` tells everything that is wrong;
\`pomelo-ts config print --explain\` tells where each value came from.

Durations are texts with a unit: \`ms\`, \`s\`, \`m\`, \`h\`, \`d\`. Sizes are texts with a unit (\`B\`, \`KB\`, \`MB\`, \`GB\`, \`KiB\`,
\`MiB\`, \`GiB\`) or a number of bytes.
`;

const serversIntro = `The cluster: \`{ "<environment>": { "<type>": [ { server }, … ] } }\`. Each type needs the folder
\`app/servers/<type>\` in the compiled app. The type \`master\` is reserved. Fields other than these are carried to the server and to all
others as they are, unless they are one slip away from a known name.`;

const cronsIntro = `What servers run by the clock: \`{ "<type or server id>": [ { cron }, … ] }\`. The methods are in
\`app/servers/<type>/cron/\`. This file may be missing.`;

const others = `## dictionary.json

A list of routes that servers push, such as \`["onChat", "onLeave"]\`. They get short codes, as the routes of handlers do.

## clientProtos.json and serverProtos.json

Message schemas in pomelo's JSON form: what clients send, and what servers send. Both are objects of messages.

## The cluster secret

The environment variable \`POMELO_TS_SECRET\`, else the file \`.pomelo-ts/secret\` with mode 0600. In development a missing file is
made; in any other environment a missing secret stops the start. \`POMELO_TS_PREVIOUS_SECRET\`, or the file \`.pomelo-ts/previous-secret\`,
is the one before, which is taken as well [while it is replaced](../guides/security.md#replace-the-secret).
`;

/** The reference page of all configuration files, in Markdown. */
export function configReference(): string {
  return [
    intro,
    `## servers.json5\n\n${serversIntro}\n\n${table(serverSchema)}\n`,
    `## master.json5\n\n${table(masterSchema)}\n`,
    `## settings.json5\n\n${table(settingsSchema('production'))}\n`,
    `## crons.json5\n\n${cronsIntro}\n\n${table(cronSchema)}\n`,
    others,
  ].join('\n');
}

function table(schema: z.ZodType): string {
  const rows = leavesOf(schemaTree(schema))
    .flatMap(rowsOfNames)
    .map(({ path, node }) => {
      const byDefault = node.default === undefined ? '' : `\`${JSON.stringify(node.default)}\``;
      return `| \`${path.join('.')}\` | ${kindOf(node)} | ${byDefault} | ${node.description ?? ''} |`;
    });
  return ['| field | value | default | meaning |', '|---|---|---|---|', ...rows].join('\n');
}

/** An object of alike objects by name has a row for itself and for each of their fields. */
function rowsOfNames(leaf: Leaf): Leaf[] {
  const { path, node } = leaf;
  if (typeof node.additionalProperties !== 'object') return [leaf];
  return [leaf, ...leavesOf(node.additionalProperties, [...path, '<name>'])];
}

/** What may stand in a field, in a few words. */
function kindOf(node: SchemaNode): string {
  if (node.anyOf?.some(({ type }) => type === 'boolean' && node.anyOf!.length === 3)) return 'true or false';
  if (node.anyOf) return [...new Set(node.anyOf.map(kindOf))].join(' or ');
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  if (node.enum) return node.enum.map((word) => `\`${JSON.stringify(word)}\``).join(', ');
  if (node.pattern?.includes('ms|s|m')) return 'duration';
  if (node.pattern?.includes('KiB')) return 'size';
  if (node.pattern?.includes('\\+\\+')) return '`"3150++"`';
  if (node.type === 'integer') return node.title === 'port' ? 'port' : 'whole number';
  if (node.properties) return `\`{ ${Object.keys(node.properties).join(', ')} }\``;
  if (node.type === 'array') return node.items ? `list of ${kindOf(node.items)}` : 'list';
  return (
    { string: 'text', boolean: 'true or false', number: 'number', object: 'object' }[node.type ?? ''] ??
    'anything'
  );
}
