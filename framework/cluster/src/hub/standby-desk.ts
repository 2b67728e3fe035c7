import type { Duplex } from 'node:stream';
import { type Clock, Counters, type Logger, silentLogger, systemClock } from '@pomelo-ts/common';
import type { MasterAddress } from '../dial-masters.js';
import type { LinkIdentity } from '../keys.js';
import type { LinkChannel } from '../link/channel.js';
import { Connections } from './connections.js';
import { type OperatorHandler, serveOperator } from './operator-link.js';

/** Settings of a {@link StandbyDesk}. */
export interface StandbyDeskOptions {
  /** The master that leads, as far as this one knows. */
  leader(): MasterAddress | undefined;
  /** Answers operators. */
  readonly onOperator: OperatorHandler;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** What a master that does not lead has in place of a hub: sends servers on to the one that does. */
export class StandbyDesk {
  readonly #options: StandbyDeskOptions;
  readonly #connections: Connections;

  constructor(options: StandbyDeskOptions) {
    this.#options = options;
    const { clock = systemClock, logger = silentLogger, onOperator } = options;
    const counters = new Counters();
    this.#connections = new Connections({
      counters,
      clock,
      logger,
      met: (channel, { role }) => {
        if (role === 'operator') serveOperator(channel, onOperator, { counters, logger });
        else this.#sendOn(channel);
      },
    });
  }

  /** Serves a connection of `who`; `from` names it in messages. */
  accept(stream: Duplex, who: LinkIdentity, from = 'a connection'): void {
    this.#connections.accept(stream, who, from);
  }

  /** Ends all connections. */
  close(): void {
    this.#connections.close();
  }

  #sendOn(channel: LinkChannel): void {
    const leader = this.#options.leader();
    channel.send({ t: 'elsewhere', ...(leader && { leader: { host: leader.host, port: leader.port } }) });
    channel.close();
  }
}
