import type { Clock, Logger } from '@pomelo-ts/common';
import { RuntimeFile, type RuntimeState } from './runtime-file.js';

/** What a {@link RuntimeNotice} is made of. */
export interface RuntimeNoticeParts {
  /** The game's root. */
  readonly root: string;
  /** What there is to tell now; undefined when this master listens no more. */
  state(): RuntimeState | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Wait before a file that could not be written, on a full disk say, is tried again. */
const writeAgainMs = 5000;

/** Tells commands of operators on this host that this master runs, and the next master what it has to know of it. */
export class RuntimeNotice {
  readonly #parts: RuntimeNoticeParts;
  readonly #file: RuntimeFile;
  /** Whether this master has said anything: what is there may be another one's. */
  #written = false;

  constructor(parts: RuntimeNoticeParts) {
    this.#parts = parts;
    this.#file = new RuntimeFile(parts.root);
  }

  /** What the last master has left. */
  get former(): RuntimeState | undefined {
    return this.#file.read();
  }

  write(): void {
    const { clock, logger } = this.#parts;
    const state = this.#parts.state();
    if (!state) return;
    this.#written = true;
    try {
      this.#file.write(state);
    } catch (error) {
      logger.error(
        'Commands on this host cannot find this master, as its file cannot be written; it is tried again.',
        { error },
      );
      clock.after(writeAgainMs, () => this.write());
    }
  }

  remove(): void {
    if (this.#written) this.#file.remove();
  }
}
