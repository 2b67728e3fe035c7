import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { previousSecretFile, resolveSecret, secretFile } from '../src/secret.js';
import { GameFolder } from './config/game-folder.js';

const none = {};
const long = 'a text of more than sixteen characters';

describe('the secret before', () => {
  it('is taken together with the one that replaces it, while that is another one', () => {
    using game = new GameFolder({ [secretFile]: long, [previousSecretFile]: `of before ${long}\n` });
    for (const file of [secretFile, previousSecretFile]) chmodSync(join(game.root, file), 0o600);
    const of = (variables: Record<string, string>) =>
      resolveSecret({ root: game.root, env: 'production', variables }).previous;
    expect(of({})).toBe(`of before ${long}`);
    expect(of({ POMELO_TS_PREVIOUS_SECRET: `given ${long}` })).toBe(`given ${long}`);
    expect(of({ POMELO_TS_PREVIOUS_SECRET: long })).toBeUndefined();
    expect(() => of({ POMELO_TS_PREVIOUS_SECRET: 'short' })).toThrow(
      'POMELO_TS_PREVIOUS_SECRET has 5 characters',
    );
  });

  it.each([secretFile, previousSecretFile])(
    'is none yet while %s is being written, nor is that one',
    (file) => {
      using game = new GameFolder({ [secretFile]: long, [file]: '\n' });
      for (const one of [secretFile, file]) chmodSync(join(game.root, one), 0o600);
      const resolve = () => resolveSecret({ root: game.root, env: 'development', variables: {} });
      expect(resolve).toThrow(`The secret file ${file} is empty`);
    },
  );
});

describe('the cluster secret', () => {
  it('comes from POMELO_TS_SECRET before the file', () => {
    using game = new GameFolder({ [secretFile]: long });
    expect(
      resolveSecret({ root: game.root, env: 'production', variables: { POMELO_TS_SECRET: `given ${long}` } }),
    ).toEqual({ secret: `given ${long}`, source: 'the environment variable POMELO_TS_SECRET' });
  });

  it('comes from a file that only its owner may read', () => {
    using game = new GameFolder({ [secretFile]: `${long}\n` });
    chmodSync(join(game.root, secretFile), 0o600);
    const options = { root: game.root, env: 'production', variables: none };
    expect(resolveSecret(options)).toEqual({ secret: long, source: 'the file .pomelo-ts/secret' });
    chmodSync(join(game.root, secretFile), 0o640);
    expect(() => resolveSecret(options)).toThrow(
      'The secret file .pomelo-ts/secret has mode 0640, so others may read it: expected 0600 (chmod 600 .pomelo-ts/secret).',
    );
  });

  it('is made in development, once', () => {
    using game = new GameFolder({});
    const { secret } = resolveSecret({ root: game.root, env: 'development', variables: none });
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(join(game.root, secretFile)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(game.root, secretFile), 'utf8').trim()).toBe(secret);
    expect(readdirSync(join(game.root, '.pomelo-ts'))).toEqual(['secret']);
    expect(resolveSecret({ root: game.root, env: 'production', variables: none }).secret).toBe(secret);
  });

  it('is missed anywhere else, and where none may be made', () => {
    using game = new GameFolder({});
    const missing =
      'No cluster secret: expected the environment variable POMELO_TS_SECRET or the file .pomelo-ts/secret (mode 0600), with a text such as openssl rand -hex 32 gives.';
    expect(() => resolveSecret({ root: game.root, env: 'production', variables: none })).toThrow(missing);
    expect(() =>
      resolveSecret({ root: game.root, env: 'development', create: false, variables: none }),
    ).toThrow(missing);
    expect(readdirSync(game.root)).not.toContain('.pomelo-ts');
  });

  it('has sixteen characters at least outside development', () => {
    using game = new GameFolder({ [secretFile]: 'fifteen letters' });
    chmodSync(join(game.root, secretFile), 0o600);
    const of = (env: string, variables: Record<string, string>) => () =>
      resolveSecret({ root: game.root, env, variables });
    expect(of('production', {})).toThrow(
      'The secret in the file .pomelo-ts/secret has 15 characters: expected at least 16 in the environment production, such as those that openssl rand -hex 32 prints.',
    );
    expect(of('production', { POMELO_TS_SECRET: 'short' })).toThrow(
      'The secret in the environment variable POMELO_TS_SECRET has 5 characters',
    );
    expect(of('development', {})().secret).toBe('fifteen letters');
    expect(of('production', { POMELO_TS_SECRET: '0123456789abcdef' })().secret).toBe('0123456789abcdef');
  });

  it('is the same for all of several processes that make it at once', async () => {
    const threads = await Promise.all(Array.from({ length: 4 }, () => Racer.begin()));
    for (let round = 0; round < 50; round++) {
      const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-secret-'));
      const made = await Promise.all(threads.map((racer) => racer.resolve(root)));
      rmSync(root, { recursive: true });
      expect(new Set(made).size).toBe(1);
    }
    await Promise.all(threads.map((racer) => racer.end()));
  });
});

/** A thread with its own copy of the built module. */
class Racer {
  readonly #worker: Worker;

  private constructor(worker: Worker) {
    this.#worker = worker;
  }

  static async begin(): Promise<Racer> {
    const script = `
      const { parentPort, workerData } = require('node:worker_threads');
      import(workerData).then(({ resolveSecret }) => {
        const answer = (root) => {
          try {
            return resolveSecret({ root, env: 'development', variables: {} }).secret;
          } catch (error) {
            return error.message;
          }
        };
        parentPort.on('message', (root) => parentPort.postMessage(answer(root)));
        parentPort.postMessage('up');
      });`;
    const built = new URL('../dist/secret.js', import.meta.url).href;
    const racer = new Racer(new Worker(script, { eval: true, workerData: built }));
    await racer.#heard();
    return racer;
  }

  async resolve(root: string): Promise<string> {
    this.#worker.postMessage(root);
    return this.#heard();
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  async #heard(): Promise<string> {
    const [word] = await once(this.#worker, 'message'); // rejects at an error of the thread, and leaves no listener behind
    return word;
  }
}
