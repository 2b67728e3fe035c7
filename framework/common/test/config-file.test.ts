import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readConfigFile } from '../src/config-file.js';

const roots: string[] = [];

function game(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-config-'));
  roots.push(root);
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return root;
}

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

describe('readConfigFile', () => {
  it('gives the part under the name of the environment, or the whole file', () => {
    const root = game({
      'config/master.json': '{"production": {"port": 1}}',
      'config/servers.json': '{"chat": []}',
    });
    expect(readConfigFile(root, 'master', 'production')).toEqual({
      found: { file: 'config/master.json', value: { port: 1 }, path: ['production'] },
    });
    expect(readConfigFile(root, 'servers', 'production')).toMatchObject({
      found: { value: { chat: [] }, path: [] },
    });
  });

  it('looks in the folder of the environment when config/ has no such file', () => {
    const root = game({ 'config/production/servers.json5': '{production: 1, // mine\n}' });
    expect(readConfigFile(root, 'servers', 'production')).toEqual({
      found: { file: 'config/production/servers.json5', value: { production: 1 }, path: [] },
    });
    expect(readConfigFile(root, 'servers', 'development')).toBeUndefined();
  });

  it('names line and column of a mistake in the syntax', () => {
    const root = game({ 'config/servers.json5': '{\n  chat: [,]\n}' });
    expect(readConfigFile(root, 'servers', 'production')).toMatchObject({
      problem: { file: 'config/servers.json5', path: 'line 2, column 10' },
    });
  });
});
