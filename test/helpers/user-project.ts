import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CommandResult, RunningCommand } from './cluster-process.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const shipped = ['common', 'protocol', 'rpc', 'cluster', 'core', 'client'];

/** A project of somebody who has installed the packages: their `.js` and `.d.ts` files are there and nothing else of them. */
export class UserProject implements Disposable {
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-user-'));

  constructor(files: Readonly<Record<string, string>>) {
    const modules = join(this.root, 'node_modules');
    for (const name of shipped) {
      const from = join(repository, 'framework', name);
      const to = join(modules, '@pomelo-ts', name);
      cpSync(join(from, 'package.json'), join(to, 'package.json'), { recursive: true });
      cpSync(join(from, 'dist'), join(to, 'dist'), {
        recursive: true,
        filter: (path) => !/\.(map|tsbuildinfo)$/.test(path),
      });
    }
    mkdirSync(join(modules, '@types'));
    // What an installation brings along, and what a project for Node has of itself.
    for (const name of ['zod', 'valibot', 'ws', '@types/node'])
      symlinkSync(join(repository, 'node_modules', name), join(modules, name));
    this.write('package.json', JSON.stringify({ type: 'module', 'pomelo-ts': { app: 'dist' } }));
    this.write('config/servers.json', '{}');
    for (const [path, text] of Object.entries(files)) this.write(path, text);
  }

  write(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), text);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** Runs `pomelo-ts` here. */
  run(...args: string[]): Promise<CommandResult> {
    return new RunningCommand([...args, '--directory', this.root], { NO_COLOR: '1' }).ended;
  }

  /** What tsc finds wrong, as `file:line TSnnnn`, and in words. */
  async compile(): Promise<{ readonly at: readonly string[]; readonly text: string }> {
    const compiler = join(repository, 'node_modules/typescript/bin/tsc');
    const text = await new Promise<string>((resolve) => {
      execFile(
        process.execPath,
        [compiler, '-p', this.root, '--pretty', 'false'],
        { cwd: this.root },
        (_, stdout) => resolve(stdout),
      );
    });
    const at = [...text.matchAll(/^(\S+?)\((\d+),\d+\): error (TS\d+)/gm)].map(
      ([, file, line, code]) => `${file}:${line} ${code}`,
    );
    return { at, text };
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The lines of `text` that end with a comment `// TSnnnn`, as {@link UserProject.compile} names them. */
export function markedLines(file: string, text: string): string[] {
  return text.split('\n').flatMap((line, i) => {
    const code = /\/\/ (TS\d+)$/.exec(line)?.[1];
    return code === undefined ? [] : [`${file}:${i + 1} ${code}`];
  });
}
