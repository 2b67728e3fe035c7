import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { resolveSecret, secretFile } from '../src/index.js';
import { GameFolder } from './config/game-folder.js';

const none = {};

describe('the cluster secret', () => {
  it('comes from POMELO_TS_SECRET before the file', () => {
    using game = new GameFolder({ [secretFile]: 'of the file' });
    expect(
      resolveSecret({ root: game.root, env: 'production', variables: { POMELO_TS_SECRET: 'given' } }),
    ).toBe('given');
  });

  it('comes from a file that only its owner may read', () => {
    using game = new GameFolder({ [secretFile]: 'of the file\n' });
    chmodSync(join(game.root, secretFile), 0o600);
    expect(resolveSecret({ root: game.root, env: 'production', variables: none })).toBe('of the file');
    chmodSync(join(game.root, secretFile), 0o640);
    expect(() => resolveSecret({ root: game.root, env: 'production', variables: none })).toThrow(
      'The secret file .pomelo-ts/secret has mode 0640, so others may read it: expected 0600 (chmod 600 .pomelo-ts/secret).',
    );
  });

  it('is made in development, once', () => {
    using game = new GameFolder({});
    const made = resolveSecret({ root: game.root, env: 'development', variables: none });
    expect(made).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(join(game.root, secretFile)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(game.root, secretFile), 'utf8').trim()).toBe(made);
    expect(resolveSecret({ root: game.root, env: 'production', variables: none })).toBe(made);
  });

  it('is missed anywhere else', () => {
    using game = new GameFolder({});
    expect(() => resolveSecret({ root: game.root, env: 'production', variables: none })).toThrow(
      'No cluster secret: expected the environment variable POMELO_TS_SECRET or the file .pomelo-ts/secret (mode 0600).',
    );
  });
});
