// All packages have one version: lerna writes it into versions and dependencies, this into peer dependencies. Run by `lerna version`,
// in the folder of a package, once it has its new version.
import { readFileSync, writeFileSync } from 'node:fs';

const text = readFileSync('package.json', 'utf8');
const described = JSON.parse(text);
for (const name of Object.keys(described.peerDependencies ?? {}))
  if (name.startsWith('@pomelo-ts/')) described.peerDependencies[name] = described.version;
writeFileSync('package.json', `${JSON.stringify(described, null, 2)}\n`);
