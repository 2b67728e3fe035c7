import type { ClientRoom } from '@pomelo-ts/cluster/internal';
import type { ClientLink, ClientSession, Origin } from '../client-link.js';
import type { CoreMeasures } from '../measures.js';
import { Guests } from './guests.js';
import { Newcomers } from './newcomers.js';
import { Origins } from './origins.js';
import { type AddressBan, everybodyMayCome } from './unwelcome.js';

/** How many there may be. */
export interface PlaceBounds {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** What this process has room for. */
  readonly room: ClientRoom;
}

/** A client that has a place: its session, with what decides about who gives way. */
export interface PlacedClient extends ClientSession {
  readonly link: ClientLink;
  readonly origin: Origin;
  /** Whether it has done its handshake. */
  readonly ready: boolean;
  /** Whether it counts; only its places change that. */
  placed: boolean;
}

/** How many clients are in their handshake, done with it and without a uid, and bound to one. */
export interface ClientStates {
  readonly handshake: number;
  readonly guest: number;
  readonly bound: number;
}

/** Makes the sessions of clients. */
export interface Sessions {
  open(link: ClientLink, origin: Origin): PlacedClient;
}

/** A connection that is no client. */
export interface OpenSocket {
  /** Ends it at once. */
  destroy(): unknown;
}

/** What a client is told for which there is no place: by the status of a WebSocket's upgrade, or by the answer to a handshake over TCP. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
}

const refusals = {
  full: { code: 503, message: 'this server is full' },
  blacklist: { code: 403, message: 'your address may not connect here' },
  address: { code: 429, message: 'too many connections from your address' },
} as const;

/** Connections that may be neither client nor request yet, and clients that may be in their handshake; one more costs another its place. */
const maxNewcomers = 20_000;

/**
 * All that clients have open at one frontend, whatever acceptor they came by: they share the files that the process may open. It
 * knows what each is, and who gives way to whom where there is no place left.
 */
export class Places {
  readonly origins = new Origins();
  /** Sockets that are no client yet: they must be one in time, or a request. */
  readonly opening = new Newcomers<OpenSocket>(this.origins, maxNewcomers);
  /** Sockets that wait for their end only, which must come in time. */
  readonly ending = new Newcomers<OpenSocket>(this.origins, Number.POSITIVE_INFINITY);
  /** Clients in their handshake. */
  readonly #greeting = new Newcomers<PlacedClient>(this.origins, maxNewcomers);
  /** Clients that have done their handshake and have no uid. */
  readonly #guests = new Guests();
  #clients = 0;
  readonly #bounds: PlaceBounds;
  readonly #sessions: Sessions;
  readonly #counters: CoreMeasures;
  readonly #ban: AddressBan;

  /** `bounds` is asked each time: an operator may change them. */
  constructor(bounds: PlaceBounds, sessions: Sessions, counters: CoreMeasures, ban = everybodyMayCome) {
    this.#bounds = bounds;
    this.#sessions = sessions;
    this.#counters = counters;
    this.#ban = ban;
  }

  /** Clients that have a place. */
  get clients(): number {
    return this.#clients;
  }

  /** The clients by how far they are; together they are {@link clients}. */
  get states(): ClientStates {
    const handshake = this.#greeting.size;
    const guest = this.#guests.size;
    return { handshake, guest, bound: this.#clients - handshake - guest };
  }

  /** Gives a client its session. Its acceptor has asked {@link refusalOf} before. */
  open(link: ClientLink): ClientSession {
    const origin = this.origins.enter(link.address);
    const client = this.#sessions.open(link, origin);
    client.placed = true;
    this.#clients++;
    origin.clients++;
    this.#counters.clientConnections.add();
    const evicted = this.#greeting.add(client, link.address, Number.POSITIVE_INFINITY);
    if (evicted) this.#evict(evicted);
    return client;
  }

  /** The client has done its handshake. */
  ready(client: PlacedClient): void {
    this.#greeting.delete(client);
    if (client.uid === undefined) this.#guests.add(client);
  }

  /** The client's session was bound to a uid: it gives way to nobody. */
  bound(client: PlacedClient): void {
    this.#guests.delete(client);
  }

  unbound(client: PlacedClient): void {
    if (client.ready) this.#guests.add(client);
  }

  /** The client has gone, or its link. */
  left(client: PlacedClient): void {
    if (!client.placed) return;
    client.placed = false;
    this.#clients--;
    this.#guests.delete(client);
    this.#greeting.delete(client);
    client.origin.clients--;
    client.origin.leave();
  }

  /** Whether nobody may come from there, so that a connection is worth no look more; counts those. {@link refusalOf} asks it, too. */
  turnsAway(address: string): boolean {
    return this.#ban.turnsAway(address);
  }

  /**
   * Destroys the socket that has to go for one more connection, if any: beyond the last file that may be open the system takes
   * connections of anybody, and closes them.
   */
  makeRoom(): void {
    const all = this.opening.size + this.#clients + this.ending.size;
    if (all < this.#bounds.room.connections) return;
    const socket = this.ending.dispensable ?? this.opening.dispensable;
    if (!socket) return;
    this.#counters.clientRefused.tooMany.add();
    this.ending.delete(socket);
    this.opening.delete(socket);
    socket.destroy();
  }

  /** Ends the sockets whose time is over at `now`. */
  expire(now: number): void {
    for (const socket of this.opening.expired(now)) {
      this.#counters.clientNeverHandshook.add();
      this.opening.delete(socket);
      socket.destroy();
    }
    for (const socket of this.ending.expired(now)) {
      this.ending.delete(socket);
      socket.destroy();
    }
  }

  /**
   * Why a client from this address has no place; undefined when it has one. Where there is none left, one of many from one address gives
   * way: one that does not get on with its handshake, or one without a uid, which is kicked. Who has a uid keeps the place.
   */
  refusalOf(address: string): Refusal | undefined {
    const { maxConnections, maxConnectionsPerAddress, room } = this.#bounds;
    if (this.#ban.turnsAway(address)) return refusals.blacklist;
    const origin = this.origins.find(address);
    if (origin && origin.clients >= maxConnectionsPerAddress) {
      this.#counters.clientRefused.address.add();
      return refusals.address;
    }
    if (this.#clients < Math.min(maxConnections, room.clients)) return undefined;
    const idle = this.#greeting.oldestOfCrowd();
    if (idle) {
      this.#evict(idle);
      return undefined;
    }
    const guest = this.#guests.dispensableFor(origin);
    if (guest) {
      this.#counters.clientCrowdedOut.add();
      guest.link.kick('full');
      return undefined;
    }
    this.#counters.clientRefused.full.add();
    return refusals.full;
  }

  /** Ends a client in its handshake, for want of room. */
  #evict(client: PlacedClient): void {
    this.#counters.clientRefused.tooMany.add();
    client.link.drop('too many handshakes');
  }
}
