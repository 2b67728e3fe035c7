import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** A game's root in a temporary folder, with the files given; objects are written as JSON. */
export class GameFolder {
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-'));

  constructor(files: Readonly<Record<string, unknown>>) {
    this.write({ 'app.js': '', ...files });
  }

  write(files: Readonly<Record<string, unknown>>): void {
    for (const [name, content] of Object.entries(files)) {
      const path = join(this.root, name);
      mkdirSync(name.endsWith('/') ? path : dirname(path), { recursive: true });
      if (!name.endsWith('/'))
        writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    }
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true });
  }
}

/** A game whose types all have their folder. */
export function gameOf(
  servers: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>> = {},
) {
  const folders = Object.fromEntries(Object.keys(servers).map((type) => [`app/servers/${type}/`, '']));
  return new GameFolder({ ...folders, 'config/servers.json': { development: servers }, ...more });
}
