import type { Duplex } from 'node:stream';
import { type Clock, type Logger, silentLogger, systemClock } from '@pomelo-ts/common';
import type { MasterAddress } from '../dial-masters.js';
import { LinkChannel } from '../link/channel.js';
import { receive } from '../link/handshake.js';
import { type OperatorHandler, serveOperator } from './operator-link.js';

/** Settings of a {@link StandbyDesk}. */
export interface StandbyDeskOptions {
  readonly secret: string;
  /** The master that leads, as far as this one knows. */
  leader(): MasterAddress | undefined;
  /** Answers operators. */
  readonly onOperator: OperatorHandler;
  /** Connections that may be unproved at once; one more ends the oldest of them. @default 1000 */
  readonly maxStrangers?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** What a master that does not lead has in place of a hub: sends servers that know the secret on to the one that does. */
export class StandbyDesk {
  readonly #options: StandbyDeskOptions;
  readonly #channels = new Set<LinkChannel>();
  readonly #strangers = new Set<LinkChannel>();
  #closed = false;

  constructor(options: StandbyDeskOptions) {
    this.#options = options;
  }

  /** Serves a connection somebody has opened; `from` names it in messages. */
  accept(stream: Duplex, from = 'a connection'): void {
    if (this.#closed) {
      stream.destroy();
      return;
    }
    const { secret, clock = systemClock, logger = silentLogger, onOperator } = this.#options;
    const channel = new LinkChannel(stream, from);
    this.#channels.add(channel);
    stream.once('close', () => this.#channels.delete(channel));
    this.#addStranger(channel);
    receive(channel, secret, clock, {
      done: ({ role }) => {
        this.#strangers.delete(channel);
        if (role === 'operator') serveOperator(channel, onOperator);
        else this.#sendOn(channel);
      },
      failed: (error) => {
        this.#strangers.delete(channel);
        logger.debug('A connection to this standby was refused.', { from, error });
      },
    });
  }

  /** Ends all connections. */
  close(): void {
    this.#closed = true;
    for (const channel of this.#channels) channel.close();
  }

  #sendOn(channel: LinkChannel): void {
    const leader = this.#options.leader();
    channel.send({ t: 'elsewhere', ...(leader && { leader: { host: leader.host, port: leader.port } }) });
    channel.close();
  }

  #addStranger(channel: LinkChannel): void {
    const [oldest] = this.#strangers;
    if (oldest && this.#strangers.size >= (this.#options.maxStrangers ?? 1000))
      oldest.close(oldest.lost('too many connections prove nothing'));
    this.#strangers.add(channel);
  }
}
