import { Worker } from 'node:worker_threads';
import type { CompileProblem } from './source-compiler.js';

/** What a check has found, and written. */
export interface CheckResult {
  /** Type errors, and what keeps the contract from being made. */
  readonly problems: readonly CompileProblem[];
  /** Generated files that were stale. */
  readonly written: readonly string[];
  readonly warnings: readonly string[];
}

/** Checks the types of a game and writes what `gen` writes, in a thread of its own. */
export class TypeChecker {
  readonly #worker: Worker;
  readonly #onResult: (result: CheckResult) => void;
  #busy = false;
  #again = false;

  constructor(root: string, onResult: (result: CheckResult) => void) {
    this.#onResult = onResult;
    this.#worker = new Worker(new URL('./check-worker.js', import.meta.url), { workerData: { root } });
    this.#worker.unref();
    this.#worker.on('message', (result: CheckResult) => this.#done(result));
    this.#worker.on('error', (error) =>
      this.#done({ problems: [`the check of types failed: ${error.message}`], written: [], warnings: [] }),
    );
  }

  /** Asks for a check; asked again while one runs, one more follows. */
  check(): void {
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    this.#worker.postMessage('check');
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  #done(result: CheckResult): void {
    this.#busy = false;
    if (this.#again) {
      this.#again = false;
      this.check();
    } else this.#onResult(result);
  }
}
