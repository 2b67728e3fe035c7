import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { BootData, ServerEntry } from '@pomelo-ts/cluster';
import { fileOutput, type ProcessOutput, pipedOutput } from './process-output.js';
import type { Exit, Launcher, ServerProcess } from './server-process.js';

/** Settings of {@link localLauncher}. */
export interface LocalLauncherOptions {
  /** The game's root: working directory of servers, and where `logs/` is. */
  readonly root: string;
  /** Script that each process runs. */
  readonly bootScript: string;
  /** Where lines of servers go; without it each server writes to `logs/<id>.log`. */
  readonly print: ((line: string) => void) | undefined;
}

/** How long output may still arrive after a process has ended, in ms: a grandchild can hold the pipe open. */
const drainMs = 200;

/** Starts processes on this machine. */
export function localLauncher(options: LocalLauncherOptions): Launcher {
  const { root, bootScript, print } = options;
  return {
    launch(server, boot) {
      const output = print ? pipedOutput(server.id, print) : fileOutput(server.id, join(root, 'logs'));
      const [command, ...args] = commandOf(server, bootScript);
      const { POMELO_TS_SECRET: _, ...env } = process.env; // anybody of this user could read it there
      const child = spawn(command!, args, {
        cwd: root,
        env,
        detached: true, // a Ctrl-C in the terminal is the master's to hear
        stdio: ['pipe', output.stdio, output.stdio],
      });
      output.attach(child.stdout, child.stderr);
      tellBoot(child, boot);
      return new LocalProcess(child, output);
    },
  };
}

function commandOf(server: ServerEntry, bootScript: string): string[] {
  const node = [process.execPath, ...server.args, bootScript];
  return server.cpu === undefined ? node : ['taskset', '-c', String(server.cpu), ...node];
}

/** Standard input stays open for as long as this process lives; that is how a server can tell. */
function tellBoot(child: ChildProcess, boot: BootData): void {
  child.stdin!.on('error', () => {}); // it ended before it read this; its exit is told elsewhere
  child.stdin!.write(`${JSON.stringify(boot)}\n`);
}

class LocalProcess implements ServerProcess {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #output: ProcessOutput;
  readonly #drained: Promise<void>;
  #failure = '';

  constructor(child: ChildProcess, output: ProcessOutput) {
    this.#child = child;
    this.#output = output;
    this.pid = child.pid ?? 0;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', (error) => {
        this.#failure = error.message;
        if (child.pid === undefined) resolve({ code: null, signal: null });
      });
    });
    this.#drained = new Promise((resolve) => {
      child.once('close', () => resolve());
      void this.exited.then(() => setTimeout(resolve, drainMs));
    });
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  async lastLines(): Promise<readonly string[]> {
    await this.#drained;
    return this.#failure ? [this.#failure] : this.#output.lastLines();
  }
}
