import type { Clock, Logger } from '@pomelo-ts/common';
import { holdRoot, markedLives } from '../processes/process-marks.js';
import { masterLives, RuntimeFile, type RuntimeState } from './runtime-file.js';

/** What a {@link RuntimeNotice} is made of. */
export interface RuntimeNoticeParts {
  /** The game's root. */
  readonly root: string;
  /** What there is to tell now; undefined when this master listens no more. */
  state(): RuntimeState | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often is looked whether the file is there: it could not be written on a full disk say, or somebody has removed it. */
const lookMs = 5000;

/** Tells commands of operators on this host that this master runs, and the next master what it has to know of it. */
export class RuntimeNotice {
  readonly #parts: RuntimeNoticeParts;
  readonly #file: RuntimeFile;
  /** Whether this master has said anything: what is there may be another one's. */
  #written = false;
  /** Whether it was told that the file cannot be written. */
  #told = false;
  #stopLooking: (() => void) | undefined;
  #letGo: (() => void) | undefined;

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
    this.#letGo ??= holdRoot(this.#parts.root);
    this.#stopLooking ??= clock.every(lookMs, () => this.#lookAfterIt());
    try {
      this.#file.write(state);
      this.#told = false;
    } catch (error) {
      if (!this.#told)
        logger.error('The file that tells of this master cannot be written; it is tried again.', { error });
      this.#told = true;
    }
  }

  /** Where servers live on, as after a start that has failed, the next master has to know of what environment they are. */
  remove(): void {
    this.#stopLooking?.();
    this.#stopLooking = undefined;
    this.#letGo?.();
    this.#letGo = undefined;
    if (this.#written) this.#file.remove({ servers: markedLives(this.#parts.root).length > 0 });
  }

  /** What another master that lives has written stays. */
  #lookAfterIt(): void {
    const state = this.#parts.state();
    const now = this.#file.read();
    if (!state || (now && masterLives(now, this.#parts.root))) return;
    if (!this.#told)
      this.#parts.logger.warn('The file that tells of this master was lost; it is written again.');
    this.write();
  }
}
