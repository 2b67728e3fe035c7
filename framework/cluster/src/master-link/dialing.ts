import type { Duplex } from 'node:stream';
import { backOff, type Clock, isPomeloError, type Logger, reasonOf } from '@pomelo-ts/common';
import { LinkChannel } from '../link/channel.js';
import { greet } from '../link/handshake.js';
import type { JoinOptions } from './join-options.js';

const dialBackOff = { minMs: 50, maxMs: 1000 };

/** What {@link Dialing} works with. */
export interface DialingParts {
  readonly options: JoinOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Both ends have proved themselves. */
  opened(channel: LinkChannel): void;
  /** Told why a link could not be opened; true when dialing again is of no use. */
  isHopeless(error: Error): boolean;
}

/** Opens a server's link to the master, again and again for as long as it takes. */
export class Dialing {
  readonly #parts: DialingParts;
  #attempt = 0;
  #cancel: () => void = () => {};
  #ended = false;

  constructor(parts: DialingParts) {
    this.#parts = parts;
  }

  begin(): void {
    void this.#dial();
  }

  /** The link was lost, or never opened. */
  later(): void {
    if (this.#ended) return;
    const { options, clock } = this.#parts;
    const wait = backOff(this.#attempt++, {
      ...dialBackOff,
      ...(options.random && { random: options.random }),
    });
    this.#cancel = clock.after(wait, () => this.begin());
  }

  /** The master has let the server in: the next wait is a short one. */
  succeeded(): void {
    this.#attempt = 0;
  }

  end(): void {
    this.#ended = true;
    this.#cancel();
  }

  async #dial(): Promise<void> {
    const { options, clock, logger, opened } = this.#parts;
    let stream: Duplex;
    try {
      stream = await options.dial();
    } catch (error) {
      if (isPomeloError(error, 'PROOF_WRONG')) {
        this.#failed(error);
        return;
      }
      logger.debug('The master does not answer yet.', { reason: reasonOf(error) });
      this.later();
      return;
    }
    if (this.#ended) {
      stream.destroy();
      return;
    }
    const channel = new LinkChannel(stream, 'the master');
    const { id, bootId, handshakeMs } = options;
    const outcome = {
      done: () => (this.#ended ? channel.close() : opened(channel)),
      failed: (error: Error) => this.#failed(error),
    };
    greet(channel, { role: 'server', id, bootId }, clock, outcome, handshakeMs);
  }

  #failed(error: Error): void {
    const { options, logger, isHopeless } = this.#parts;
    if (this.#ended || isHopeless(error)) return;
    options.onMissed?.();
    logger.warn('The link to the master could not be opened.', { error });
    this.later();
  }
}
