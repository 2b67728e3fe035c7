import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';

/** How often a port that could not be opened is tried again, in ms. */
const againMs = 5000;

/** What an {@link OpsOpening} keeps open. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * A port of a process that serves without it, too, that for metrics and health say: as long as somebody else has the port, it is tried again.
 *
 * @example
 * const opening = new OpsOpening(() => OpsPort.open(options), { clock, logger });
 * const error = await opening.open();
 * if (error) opening.tryAgain(error);
 */
export class OpsOpening {
  readonly #what: string;
  readonly #open: () => Promise<Closable>;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #opened: Closable | undefined;
  #closed = false;
  #isTrying = false;
  #stopTrying: () => void = () => {};

  /** @param what is at the port, for messages @default measures and health */
  constructor(
    open: () => Promise<Closable>,
    { clock, logger, what = 'measures and health' }: { clock: Clock; logger: Logger; what?: string },
  ) {
    this.#what = what;
    this.#open = open;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Opens it; gives what is in the way, if anything is. */
  async open(): Promise<Error | undefined> {
    try {
      const opened = await this.#open();
      if (this.#closed) await opened.close();
      else this.#opened = opened;
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  /** Tells what is in the way, and tries again every 5 seconds until it is open. */
  tryAgain(error: Error): void {
    this.#logger.error(`The port for ${this.#what} is not open; it is tried again every 5 seconds.`, {
      error,
    });
    if (!this.#closed) this.#stopTrying = this.#clock.every(againMs, () => void this.#try());
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopTrying();
    await this.#opened?.close();
  }

  async #try(): Promise<void> {
    if (this.#isTrying) return;
    this.#isTrying = true;
    const error = await this.open();
    this.#isTrying = false;
    if (error || this.#closed) return;
    this.#stopTrying();
    this.#logger.info(`The port for ${this.#what} is open now.`);
  }
}
