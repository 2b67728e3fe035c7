import type { Duplex } from 'node:stream';
import { type Clock, type Counters, isPomeloError, type Logger } from '@pomelo-ts/common';
import { LinkChannel } from '../link/channel.js';
import { type Dialer, receive } from '../link/handshake.js';

/** What {@link Connections} work with. */
export interface ConnectionsOptions {
  readonly secret: string;
  /** Connections that may be unproved at once; one more ends the oldest of them. */
  readonly maxStrangers: number;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Somebody has proved to know the secret. */
  met(channel: LinkChannel, dialer: Dialer): void;
}

/** The connections that a master has accepted, from the first byte to the proof of the secret. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #channels = new Set<LinkChannel>();
  /** Those that have not proved themselves yet, the oldest first. */
  readonly #strangers = new Set<LinkChannel>();
  #closed = false;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** Serves a connection somebody has opened; `from` names it in messages. */
  accept(stream: Duplex, from: string): void {
    if (this.#closed) {
      stream.destroy();
      return;
    }
    const { secret, clock, counters, logger, met } = this.#options;
    counters.add('links');
    const channel = new LinkChannel(stream, from);
    this.#channels.add(channel);
    stream.once('close', () => this.#channels.delete(channel));
    this.#addStranger(channel);
    receive(channel, secret, clock, {
      done: (dialer) => {
        this.#strangers.delete(channel);
        met(channel, dialer);
      },
      failed: (error) => {
        this.#strangers.delete(channel);
        counters.add(isPomeloError(error, 'PROOF_WRONG') ? 'proofsWrong' : 'faults');
        const broken = isPomeloError(error, 'LINK_LOST'); // it may have been its end, not its fault
        logger[broken ? 'debug' : 'warn']('A connection was refused.', { from, error });
      },
    });
  }

  close(): void {
    this.#closed = true;
    for (const channel of this.#channels) channel.close();
  }

  /** So that idle strangers never keep out whoever knows the secret: it proves itself at once. */
  #addStranger(channel: LinkChannel): void {
    const { maxStrangers, counters } = this.#options;
    const [oldest] = this.#strangers;
    if (oldest && this.#strangers.size >= maxStrangers) {
      counters.add('refusals');
      oldest.close(oldest.lost('too many connections prove nothing'));
    }
    this.#strangers.add(channel);
  }
}
