import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readConfigFile } from '../src/config-file.js';
import { readJson } from '../src/json.js';

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

describe('a byte order mark, which some editors write', () => {
  it('is passed over in configuration and in JSON that others read too', () => {
    const root = game({
      'config/master.json': '\ufeff{"port": 1}',
      'package.json': '\ufeff{"version": "1.0.0"}',
    });
    expect(readConfigFile(root, 'master', 'development')).toMatchObject({ found: { value: { port: 1 } } });
    expect(readJson(join(root, 'package.json'))).toEqual({ version: '1.0.0' });
  });
});

describe('JSON that cannot be read', () => {
  it.each([
    [
      '{\n  "name": "a",\n  "version": }',
      "package.json: line 3, column 14: not valid JSON: invalid character '}'",
    ],
    ['\ufeff{\n  "name" "a"\n}', 'package.json: line 2, column 10: not valid JSON: invalid character'],
    ['{"a": 1', 'package.json: line 1, column 8: not valid JSON: invalid end of input'],
    ['{"a": 1,}', 'package.json: not valid JSON: '],
    ['', 'package.json: line 1, column 1: not valid JSON: invalid end of input'],
  ])('is told with its file and line: %j', (text, told) => {
    const root = game({ 'package.json': text });
    expect(() => readJson(join(root, 'package.json'), 'package.json')).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(told) }),
    );
  });
});
