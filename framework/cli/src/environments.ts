import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readJson5 } from '@pomelo-ts/common/config';

const names = ['servers.json5', 'servers.json'];

/** The environments that the topology of a game is for; none where it is for any, or cannot be read. */
export function environmentsOf(root: string): readonly string[] {
  const config = join(root, 'config');
  try {
    const file = names.map((name) => join(config, name)).find((path) => existsSync(path));
    if (file !== undefined) return keysOfObjects(readJson5(file));
    return readdirSync(config).filter((folder) =>
      names.some((name) => existsSync(join(config, folder, name))),
    );
  } catch {
    return []; // whoever starts is told what is wrong
  }
}

/** A type of servers has a list, an environment has types. */
function keysOfObjects(value: unknown): string[] {
  return Object.entries(value as object).flatMap(([key, inner]) =>
    key !== '$schema' && typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? [key] : [],
  );
}
