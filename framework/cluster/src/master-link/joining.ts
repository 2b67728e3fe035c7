import type { MasterLink } from '../master-link.js';

/** What {@link Joining} settles. */
export interface JoiningPromise {
  resolve(link: MasterLink): void;
  reject(error: unknown): void;
}

/** The time until the master has admitted a server, which ends once: whoever waits for it is told how. */
export class Joining {
  #waiting: JoiningPromise | undefined;

  constructor(waiting: JoiningPromise) {
    this.#waiting = waiting;
  }

  get over(): boolean {
    return this.#waiting === undefined;
  }

  done(link: MasterLink): void {
    this.#end()?.resolve(link);
  }

  /** False when it was over before. */
  failed(error: Error): boolean {
    const waiting = this.#end();
    waiting?.reject(error);
    return waiting !== undefined;
  }

  #end(): JoiningPromise | undefined {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    return waiting;
  }
}
