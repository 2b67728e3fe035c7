import { describe, expect, it } from 'vitest';
import { pathInFile, valueInFile } from '../../src/config/file-names.js';
import { masterSchema } from '../../src/config/master-schema.js';
import { leavesOf, type SchemaNode, schemaTree } from '../../src/config/schema-tree.js';
import { settingsSchema } from '../../src/config/settings-schema.js';
import { loadClusterConfig } from '../../src/config.js';
import { gameOf } from './game-folder.js';

const tree: SchemaNode = {
  properties: { master: schemaTree(masterSchema), settings: schemaTree(settingsSchema('production')) },
};

describe('the name in the file of a value of the loaded configuration', () => {
  it('is one that the file may have, for each of them', () => {
    using game = gameOf({ chat: [{ id: 'chat-1' }] });
    const { master, settings } = loadClusterConfig({ root: game.root, env: 'development' });
    const allowed = leavesOf(tree).map(({ path }) => path.join('.'));
    const paths = pathsOf({ master, settings }).map(pathInFile);
    expect(paths.length).toBeGreaterThan(40);
    expect(
      paths.filter((path) => !allowed.some((one) => path === one || path.startsWith(`${one}.`))),
    ).toEqual([]);
  });

  it('comes with durations as the file would say them', () => {
    expect(valueInFile('master.stopTimeoutMs', 1500)).toBe('1.5s');
    expect(valueInFile('settings.client.heartbeatMs', false)).toBe(false);
    expect(valueInFile('master.log.bytesPerSecond', 1024)).toBe(1024);
  });
});

function pathsOf(value: unknown, path: readonly string[] = []): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path.join('.')];
  return Object.entries(value).flatMap(([key, child]) => pathsOf(child, [...path, key]));
}
