import type { Duplex } from 'node:stream';
import { type Clock, type Logger, Measures, silentLogger, systemClock } from '@pomelo-ts/common';
import type { MasterAddress } from '../dial-masters.js';
import type { LinkIdentity } from '../keys.js';
import type { LinkChannel } from '../link/channel.js';
import { linkMeasures } from '../link-measures.js';
import { Connections } from './connections.js';
import { type OperatorHandler, roleByKey, serveOperator } from './operator-link.js';

/** Settings of a {@link StandbyHub}. */
export interface StandbyHubOptions {
  /** The master that leads, as far as this one knows. */
  leader(): MasterAddress | undefined;
  /** Answers operators. */
  readonly onOperator: OperatorHandler;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** What a master that does not lead has in place of a hub: sends servers on to the one that does. */
export class StandbyHub {
  readonly #options: StandbyHubOptions;
  readonly #connections: Connections;

  constructor(options: StandbyHubOptions) {
    this.#options = options;
    const { clock = systemClock, logger = silentLogger, onOperator } = options;
    const counters = new Measures().makeAll(linkMeasures);
    this.#connections = new Connections({
      counters,
      clock,
      logger,
      met: (channel, dialer) => {
        const role = roleByKey[dialer.role];
        if (role) serveOperator(channel, role, onOperator, { counters, logger });
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
