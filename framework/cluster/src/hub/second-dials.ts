import type { LinkChannel } from '../link/channel.js';
import type { Dialer } from '../link/handshake.js';
import type { FaultNotes } from './faults.js';
import type { ServerLink } from './server-link.js';

/** How long the link of a server that dials again has to show that it lives, in ms. */
const answersWithinMs = 1000;

/**
 * Dials of servers that have a link. A server ends its link before it dials again. So while the present one answers, whoever dials has
 * copied the server's key, and gets nothing.
 */
export class SecondDials {
  readonly #notes: FaultNotes;
  readonly #looking = new Set<string>();

  /** Counts `secondDials`. */
  constructor(notes: FaultNotes) {
    this.#notes = notes;
  }

  /** Calls `take` unless the present link answers; what the dialer says meanwhile is kept. */
  async compare(
    present: ServerLink,
    channel: LinkChannel,
    { id: serverId, bootId }: Dialer,
    take: () => void,
  ): Promise<void> {
    const { counters, logger } = this.#notes;
    const facts = { serverId, bootId, from: channel.peer };
    if (this.#looking.has(serverId)) {
      channel.close(channel.lost('another connection of it is being looked at'));
      return;
    }
    channel.hold();
    this.#looking.add(serverId);
    const lives = await present.lives(answersWithinMs);
    this.#looking.delete(serverId);
    if (channel.closed) return;
    if (lives) {
      counters.linkSecondDials.add();
      logger.warn(`${serverId} has dialed again while its link lived: it was not let in.`, facts);
      channel.close(channel.lost('it has a link that lives'));
      return;
    }
    if (!present.closed) logger.warn(`${serverId} has dialed again, and its link does not answer.`, facts);
    take();
    channel.release();
  }
}
