import type { Exit, ServerProcess } from '../processes/server-process.js';

/** A process that is ended only by a master that leads: timers and orders of one that does not come to nothing. */
export class LedProcess implements ServerProcess {
  readonly exited: Promise<Exit>;
  readonly #process: ServerProcess;
  readonly #leads: () => boolean;

  constructor(process: ServerProcess, leads: () => boolean) {
    this.#process = process;
    this.#leads = leads;
    this.exited = process.exited;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (this.#leads()) this.#process.kill(signal);
  }

  hostAnswers(forMs: number): Promise<boolean> {
    return this.#process.hostAnswers(forMs);
  }

  linkLost(left: boolean): void {
    this.#process.linkLost?.(left);
  }

  lastLines(): Promise<readonly string[]> {
    return this.#process.lastLines();
  }
}

/** In place of a process that was not started, since its master does not lead. */
export const notStarted: ServerProcess = {
  pid: undefined,
  exited: Promise.resolve({ code: null, signal: null, reason: 'this master does not lead any more' }),
  kill: () => {},
  hostAnswers: async () => true,
  lastLines: async () => [],
};
