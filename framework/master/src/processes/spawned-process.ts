import { type ChildProcess, spawn } from 'node:child_process';
import { lifeVariable, withoutSecrets } from '@pomelo-ts/cluster/internal';
import type { LaunchOrder, ProcessEnd } from './process-host.js';
import type { ProcessOutput } from './process-output.js';
import type { Exit } from './server-process.js';

/** What a server's process is started with. */
export interface SpawnOptions {
  /** Working directory: the game's root. */
  readonly root: string;
  /** Script that the process runs. */
  readonly bootScript: string;
  readonly output: ProcessOutput;
  /** Names of variables that the process shall not have, as they are for the master alone. */
  readonly withheld?: readonly string[];
  /** What the process is found by, beside its record. */
  readonly mark: string;
}

/** How long output may still arrive after a process has ended, in ms: a grandchild can hold the pipe open. */
const drainMs = 200;

/** A process that this one has started. */
export class SpawnedProcess {
  /** Undefined when the system could not start it. */
  readonly pid: number | undefined;
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #output: ProcessOutput;
  readonly #drained: Promise<void>;

  constructor({ server, boot }: LaunchOrder, options: SpawnOptions) {
    const { root, bootScript, output, withheld = [], mark } = options;
    const [command, ...args] = commandOf(server, bootScript);
    const env = { ...process.env };
    withoutSecrets(env); // anybody of this user could read them there
    for (const name of withheld) delete env[name];
    env[lifeVariable] = mark;
    const child = spawn(command!, args, {
      cwd: root,
      env,
      detached: true, // neither a Ctrl-C in the terminal nor the end of this process shall reach it
      stdio: ['pipe', output.stdio, output.stdio],
    });
    output.attach(child.stdout, child.stderr);
    // It may end before it reads this; its exit is told elsewhere. The input stays open: by its end a server sees ours.
    child.stdin!.on('error', () => {});
    child.stdin!.write(`${JSON.stringify(boot)}\n`);
    this.#child = child;
    this.#output = output;
    this.pid = child.pid;
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve({ code, signal }));
      child.once('error', ({ message }) => {
        if (child.pid === undefined) resolve({ code: null, signal: null, reason: message });
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

  /** Resolves when the process has ended and all it wrote has arrived. */
  async end(): Promise<ProcessEnd> {
    const exit = await this.exited;
    await this.#drained;
    return { exit, lines: this.lastLines() };
  }

  lastLines(): readonly string[] {
    return this.#output.lastLines();
  }
}

function commandOf(server: LaunchOrder['server'], bootScript: string): string[] {
  const node = [process.execPath, ...server.args, bootScript];
  return server.cpu === undefined ? node : ['taskset', '-c', String(server.cpu), ...node];
}
