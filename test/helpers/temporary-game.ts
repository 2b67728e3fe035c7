import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClusterConfig } from '@pomelo-ts/cluster';
import { loadClusterConfig } from '@pomelo-ts/cluster/config';
import type { Application } from '@pomelo-ts/core';
import { freePort } from './free-port.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** A module of the game: its source, or what it exports by default, for games that run inside the test. */
export type Module = string | ((app: Application) => object);

/** What a temporary game is made of. */
export interface GameParts {
  /** Entries of servers.json by type; ports that are missing are found. */
  readonly servers: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  /** Source of app.js, or what its `setUp` does. */
  readonly app?: string | ((app: Application) => unknown);
  readonly handlers?: Readonly<Record<string, Readonly<Record<string, Module>>>>;
  readonly remotes?: Readonly<Record<string, Readonly<Record<string, Module>>>>;
  /** Further modules by path, such as `app/servers/chat/cron/chatCron.js`. */
  readonly modules?: Readonly<Record<string, Module | object>>;
  /** Content of further files of config/, by name without `.json`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Content of settings.json. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly env?: string;
}

/** The modules that games inside this process get from their tests, by game. */
const modules = Symbol.for('pomelo-ts temporary games');
type Modules = Map<string, Map<string, unknown>>;
const shared = globalThis as unknown as Record<symbol, Modules | undefined>;
const registry: Modules = shared[modules] ?? new Map();
shared[modules] = registry;

/** A game's folder that is gone when its block ends. */
export class TemporaryGame implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-temporary-'));
  readonly env: string;
  readonly #own = new Map<string, unknown>();

  private constructor(env: string) {
    this.env = env;
    registry.set(this.root, this.#own);
  }

  static async make(parts: GameParts): Promise<TemporaryGame> {
    const game = new TemporaryGame(parts.env ?? 'production');
    // Lets modules import @pomelo-ts/core as in any game.
    symlinkSync(join(repository, 'node_modules'), join(game.root, 'node_modules'));
    const { app } = parts;
    game.#module('app.js', typeof app === 'function' ? { setUp: app } : (app ?? { setUp: () => {} }));
    for (const [kind, byType] of [
      ['handler', parts.handlers],
      ['remote', parts.remotes],
    ] as const) {
      for (const [type, files] of Object.entries(byType ?? {})) {
        for (const [name, module] of Object.entries(files))
          game.#module(`app/servers/${type}/${kind}/${name}.js`, module);
      }
    }
    for (const [path, module] of Object.entries(parts.modules ?? {})) game.#module(path, module);
    for (const type of Object.keys(parts.servers))
      mkdirSync(join(game.root, 'app/servers', type), { recursive: true });
    game.write('config/servers.json', JSON.stringify(await withPorts(parts.servers)));
    game.write(
      'config/master.json',
      JSON.stringify({ port: await freePort(), ...(parts.config?.['master'] as object) }),
    );
    game.write('config/settings.json', JSON.stringify(parts.settings ?? {}));
    for (const [name, content] of Object.entries(parts.config ?? {}))
      if (name !== 'master') game.write(`config/${name}.json`, JSON.stringify(content));
    return game;
  }

  get config(): ClusterConfig {
    return loadClusterConfig({ root: this.root, env: this.env });
  }

  write(file: string, content: string): void {
    const path = join(this.root, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  remove(file: string): void {
    rmSync(join(this.root, file));
  }

  [Symbol.dispose](): void {
    registry.delete(this.root);
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }

  #module(file: string, module: unknown): void {
    if (typeof module === 'string') {
      this.write(file, module);
      return;
    }
    this.#own.set(file, module);
    const keys = [this.root, file].map((key) => `.get(${JSON.stringify(key)})`).join('');
    this.write(file, `export default globalThis[Symbol.for('pomelo-ts temporary games')]${keys};\n`);
  }
}

/** Fills in what the test does not care about: ports that are free now. */
async function withPorts(servers: GameParts['servers']): Promise<Record<string, object[]>> {
  const result: Record<string, object[]> = {};
  for (const [type, entries] of Object.entries(servers)) {
    result[type] = [];
    for (const entry of entries) {
      const port = await freePort();
      const clientPort = entry['frontend'] ? { clientPort: await freePort() } : {};
      result[type].push({ port, ...clientPort, ...entry });
    }
  }
  return result;
}
