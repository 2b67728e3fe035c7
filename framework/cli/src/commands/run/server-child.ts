import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { ServerEntry } from '@pomelo-ts/cluster';
import type { BootData } from '@pomelo-ts/cluster/internal';
import { exitCodes } from '../../failure.js';

/** The process of the server that `pomelo-ts run` runs: it writes where this process writes, and ends with it. */
export class ServerChild {
  #child: ChildProcess | undefined;
  #killed = false;

  /** Runs it to its end; gives the exit code that tells how that was. */
  async run(server: ServerEntry, bootScript: string, boot: BootData): Promise<number> {
    const node = [process.execPath, ...server.args, bootScript];
    const pinned = server.cpu === undefined ? node : ['taskset', '-c', String(server.cpu), ...node];
    const child = spawn(pinned[0]!, pinned.slice(1), {
      cwd: boot.root,
      detached: true, // a Ctrl-C of the terminal comes here, and goes on as SIGTERM
      stdio: ['pipe', 'inherit', 'inherit'],
    });
    this.#child = child;
    child.stdin!.on('error', () => {}); // it ended before it read this; its exit tells
    child.stdin!.write(`${JSON.stringify(boot)}\n`);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        resolve(this.#killed ? exitCodes.interrupted : codeOf(code, signal)),
      );
    });
  }

  /** Asks it to finish what it does, and to end. */
  stop(): void {
    this.#child?.kill('SIGTERM');
  }

  /** Ends it at once; false when there is none. */
  kill(): boolean {
    this.#killed = true;
    return this.#child?.kill('SIGKILL') ?? false;
  }
}

/** As shells tell the end by a signal: 128 and its number. */
function codeOf(code: number | null, signal: NodeJS.Signals | null): number {
  if (signal) return 128 + (constants.signals[signal] ?? 0);
  return code ?? exitCodes.failure;
}
