import type { Duplex } from 'node:stream';
import { type Clock, isPomeloError, type Logger } from '@pomelo-ts/common';
import type { LinkIdentity } from '../keys.js';
import { LinkChannel } from '../link/channel.js';
import { type Dialer, receive } from '../link/handshake.js';
import type { LinkMeasures } from '../link-measures.js';

/** What {@link Connections} work with. */
export interface ConnectionsOptions {
  readonly counters: LinkMeasures;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Somebody who has proved a key has said which life it is. */
  met(channel: LinkChannel, dialer: Dialer): void;
}

/** The connections to a master of those who have proved a key. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #channels = new Set<LinkChannel>();
  #closed = false;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** Serves a connection of `who`; `from` names it in messages. */
  accept(stream: Duplex, who: LinkIdentity, from: string): void {
    if (this.#closed) {
      stream.destroy();
      return;
    }
    const { clock, counters, logger, met } = this.#options;
    counters.linkOpened.add();
    const channel = new LinkChannel(stream, from);
    this.#channels.add(channel);
    stream.once('close', () => this.#channels.delete(channel));
    receive(channel, who, clock, {
      done: (dialer) => met(channel, dialer),
      failed: (error) => {
        counters.linkFaults.add();
        const broken = isPomeloError(error, 'LINK_LOST'); // it may have been its end, not its fault
        logger[broken ? 'debug' : 'warn']('A connection was refused.', { from, error });
      },
    });
  }

  close(): void {
    this.#closed = true;
    for (const channel of this.#channels) channel.close();
  }
}
