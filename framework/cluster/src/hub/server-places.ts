import type { Logger } from '@pomelo-ts/common';
import { encoded, type LinkChannel } from '../link/channel.js';
import type { Dialer } from '../link/handshake.js';
import type { HubMessage } from '../link/messages.js';
import { type FaultNotes, noteFault } from './faults.js';
import type { LinkHubOptions } from './hub-options.js';
import { SecondDials } from './second-dials.js';
import { ServerLink, type ServerLinkEvents } from './server-link.js';
import { ToldKeys } from './told-keys.js';
import { Welcome } from './welcome.js';

type ServerLinkClock = ConstructorParameters<typeof ServerLink>[2];

/** What {@link ServerPlaces} work with. */
export interface ServerPlacesOptions extends Pick<LinkHubOptions, 'keysOf' | 'serverIds'> {
  readonly notes: FaultNotes & { readonly logger: Logger };
  readonly clock: ServerLinkClock;
  readonly beats: { readonly heartbeatMs: number; readonly deadMs: number };
  readonly term: number;
  /** Told of those alone that have their server's place; `closed` once they have it no more. */
  readonly events: ServerLinkEvents;
}

/** Who has the place of each server: one life of it, by one link. */
export class ServerPlaces {
  /** Which lives may have a place. */
  readonly welcome = new Welcome();
  readonly #options: ServerPlacesOptions;
  readonly #links = new Map<string, ServerLink>();
  readonly #secondDials: SecondDials;
  readonly #keys: ToldKeys;

  constructor(options: ServerPlacesOptions) {
    const { notes, keysOf } = options;
    this.#options = options;
    this.#secondDials = new SecondDials(notes);
    this.#keys = new ToldKeys(keysOf, notes.logger);
  }

  /** Those that have a place, by the ids of their servers. */
  get links(): ReadonlyMap<string, ServerLink> {
    return this.#links;
  }

  of(id: string): ServerLink | undefined {
    return this.#links.get(id);
  }

  /** Whether it has its server's place now, and no other link has taken it. */
  has(link: ServerLink): boolean {
    return this.#links.get(link.id) === link;
  }

  /** Sends a server something; false when it has no link. */
  tell(id: string, message: HubMessage): boolean {
    const link = this.#links.get(id);
    link?.send(message);
    return link !== undefined;
  }

  /** Sends something to all that get the registry. */
  tellAdmitted(message: HubMessage): void {
    const bytes = encoded(message);
    for (const link of this.#links.values()) if (link.admitted) link.sendEncoded(bytes);
  }

  /** Sends all their keys anew; gives how many there are. */
  tellKeys(): number {
    for (const link of this.#links.values()) this.#keys.tell(link);
    return this.#links.size;
  }

  /** There is no such server any more. */
  forget(id: string): void {
    this.welcome.forget(id);
    this.#keys.forget(id);
  }

  /** Gives a dialer its place, unless the one that has it lives. */
  meet(channel: LinkChannel, dialer: Dialer): void {
    const present = this.#links.get(dialer.id);
    if (present?.bootId === dialer.bootId)
      void this.#secondDials.compare(present, channel, dialer, () => this.#take(channel, dialer));
    else this.#take(channel, dialer);
  }

  #take(channel: LinkChannel, dialer: Dialer): void {
    const { beats, clock, notes, term, serverIds } = this.#options;
    const signs = { heartbeatMs: beats.heartbeatMs, silentMs: beats.deadMs };
    const link = new ServerLink(channel, dialer, clock, signs, this.#eventsOfPresent());
    const { id, bootId } = link;
    const present = this.#links.get(id);
    const verdict = this.welcome.judge(id, bootId, serverIds().includes(id), present?.bootId);
    if ('refuse' in verdict) {
      notes.counters.linkRefusals.add();
      notes.logger.warn('A server was refused.', { serverId: id, bootId, reason: verdict.refuse });
      link.refuse(verdict.refuse);
      return;
    }
    if (verdict.fence) present!.refuse(`a newer process has this id (boot id ${bootId})`);
    else present?.close('it has dialed again');
    this.#links.set(id, link);
    link.send({ t: 'accepted', ...beats, term });
    this.#keys.tellAgain(link); // the secret may have changed while it was away
  }

  /** What another life says that has lost its place, changes nothing. */
  #eventsOfPresent(): ServerLinkEvents {
    const { events } = this.#options;
    const present = (link: ServerLink, tell: () => void) => {
      if (this.has(link)) tell();
    };
    return {
      ...events,
      reported: (link, report) => present(link, () => events.reported(link, report)),
      asked: async (link, question) => {
        if (this.has(link)) await events.asked(link, question);
      },
      reachChanged: (link) => present(link, () => events.reachChanged(link)),
      closed: (link, error) => this.#lose(link, error),
    };
  }

  #lose(link: ServerLink, error: Error): void {
    noteFault(this.#options.notes, error, { serverId: link.id });
    if (!this.has(link)) return;
    this.#links.delete(link.id);
    this.#options.events.closed(link, error);
  }
}
