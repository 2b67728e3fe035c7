// Writes the generated pages and schemas: `npm run docs`. Unit tests fail when they are stale.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cliReference } from '../framework/cli/dist/index.js';
import { configReference, configSchemas } from '../framework/cluster/dist/config.js';

const write = (file, text) => {
  writeFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), text);
  console.log(`wrote ${file}`);
};

for (const [name, schema] of Object.entries(configSchemas()))
  write(`config/schema/${name}.json`, `${JSON.stringify(schema, null, 2)}\n`);
write('docs/reference/config.md', configReference());
write('docs/reference/cli.md', await cliReference());
