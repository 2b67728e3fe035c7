import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readJson } from '@pomelo-ts/common/config';

/** The script `watch` of the game's package.json, such as a bundler of its page: it runs for as long as the dev mode. */
export class WatchScript {
  readonly #root: string;
  #child: ChildProcess | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  /** Starts it where there is one; its lines are said under its name. */
  start(say: (line: string) => void): void {
    if (!hasWatchScript(this.#root)) return;
    const child = spawn('npm', ['run', '--silent', 'watch'], {
      cwd: this.#root,
      // Its input stays open for as long as this process lives: bundlers that watch end with it, whatever ends this one.
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true, // its own group, so that all that it starts ends with it
    });
    this.#child = child;
    child.stdin.on('error', () => {}); // it reads none, and has ended
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', (line) => {
        if (line.trim()) say(`[watch] ${line}`);
      });
    child.once('error', (error) => say(`[watch] npm run watch could not be started: ${error.message}`));
    child.once('exit', (code) => {
      this.#child = undefined;
      if (code) say(`[watch] npm run watch ended with exit code ${code}`);
    });
  }

  stop(): void {
    const pid = this.#child?.pid;
    this.#child?.removeAllListeners('exit');
    this.#child = undefined;
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGTERM');
    } catch {
      // It has ended by itself.
    }
  }
}

function hasWatchScript(root: string): boolean {
  const file = join(root, 'package.json');
  if (!existsSync(file)) return false;
  const { scripts } = readJson(file, 'package.json') as { scripts?: Record<string, string> };
  return scripts?.['watch'] !== undefined;
}
