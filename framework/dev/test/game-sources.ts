import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isPomeloError } from '@pomelo-ts/common';
import type { Contract, RouteContract } from '@pomelo-ts/common/contract';
import { type Generated, generate, SourceCache } from '../src/index.js';

/** So that the language's own types are parsed once for all games. */
const cache = new SourceCache();

/** A game's sources in a folder that is gone when its block ends. */
export class GameSources implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-gen-'));

  /** Files by path from the game's root; without a tsconfig.json or package.json they get simple ones, unless they are undefined. */
  constructor(files: Readonly<Record<string, string | undefined>>) {
    const defaults = {
      'package.json': JSON.stringify({ type: 'module' }),
      'tsconfig.json': JSON.stringify({
        compilerOptions: { strict: true, target: 'es2022', module: 'nodenext', types: [] },
      }),
    };
    for (const [path, text] of Object.entries({ ...defaults, ...files }))
      if (text !== undefined) this.write(path, text);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  generate(): Generated {
    return generate(this.root, cache);
  }

  get contract(): Contract {
    return this.generate().contract;
  }

  /** What the types are refused for, a line each. */
  get problems(): readonly string[] {
    try {
      this.generate();
    } catch (error) {
      if (!isPomeloError(error, 'TYPES_UNUSABLE')) throw error;
      return String(error.facts.problems)
        .split('\n')
        .map((line) => line.trim());
    }
    return [];
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

export const handlerFile = 'app/servers/chat/handler/chatHandler.ts';

/** A game with one handler, from the source of its file. */
export function gameWith(handler: string, files: Readonly<Record<string, string>> = {}): GameSources {
  return new GameSources({ [handlerFile]: handler, ...files });
}

/** The route of a handler's method `go`, whose declaration is given with what stands before it. */
export function routeOf(method: string, before = ''): RouteContract & Pick<Contract, 'definitions'> {
  using game = gameWith(`${before}\nexport default class {\n  ${method}\n}\n`);
  const { routes, definitions } = game.contract;
  return { ...routes['chat.chatHandler.go']!, definitions };
}
