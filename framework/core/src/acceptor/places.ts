import type { Socket } from 'node:net';
import type { ClientRoom } from '@pomelo-ts/cluster';
import type { Counters } from '@pomelo-ts/common';
import type { ClientConnection } from './client-connection.js';
import { Guests } from './guests.js';
import { Newcomers } from './newcomers.js';
import { Origins } from './origins.js';

/** How many there may be. */
export interface PlaceBounds {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
  /** What this process has room for. */
  readonly room: ClientRoom;
}

/** What a client is told for which there is no place: by the status of a WebSocket's upgrade, or by the answer to a handshake over TCP. */
export interface Refusal {
  readonly code: number;
  readonly message: string;
}

const refusals = {
  full: { code: 503, message: 'this server is full' },
  address: { code: 429, message: 'too many connections from your address' },
} as const;

/** Connections that may be neither client nor request yet, and clients that may be in their handshake; one more costs another its place. */
const maxNewcomers = 20_000;

/** All sockets that clients have open here, by what they are, and who gives way to whom where there is no place left. */
export class Places {
  readonly origins = new Origins();
  /** Sockets that are no client yet: they must be one in time, or a request. */
  readonly opening = new Newcomers(this.origins, maxNewcomers);
  /** Sockets of clients in their handshake. */
  readonly greeting = new Newcomers(this.origins, maxNewcomers);
  /** Sockets that wait for their end only, which must come in time. */
  readonly ending = new Newcomers(this.origins, Number.POSITIVE_INFINITY);
  /** Clients that have done their handshake and have no uid. */
  readonly guests = new Guests();
  readonly clients = new Set<ClientConnection>();
  readonly #bounds: PlaceBounds;
  readonly #counters: Counters;

  /** `bounds` is asked each time: an operator may change them. */
  constructor(bounds: PlaceBounds, counters: Counters) {
    this.#bounds = bounds;
    this.#counters = counters;
  }

  add(connection: ClientConnection): void {
    this.clients.add(connection);
    connection.origin.clients++;
  }

  delete(connection: ClientConnection): void {
    if (this.clients.delete(connection)) connection.origin.clients--;
    this.guests.delete(connection);
    this.greeting.delete(connection.socket.raw);
  }

  /**
   * The socket that has to go for one more connection, if any: beyond the last file that may be open the system takes connections of
   * anybody, and closes them.
   */
  makeRoom(): Socket | undefined {
    const all = this.opening.size + this.clients.size + this.ending.size;
    if (all < this.#bounds.room.connections) return undefined;
    const socket = this.ending.dispensable ?? this.opening.dispensable;
    if (socket) {
      this.#counters.add('client.refused.tooMany');
      this.ending.delete(socket);
      this.opening.delete(socket);
    }
    return socket;
  }

  /**
   * Why a client from this address has no place; undefined when it has one. Where there is none left, one of many from one address gives
   * way: one that does not get on with its handshake, which `evict` ends, or one without a uid, which is kicked. Who has a uid keeps the place.
   */
  refusalOf(address: string, evict: (idle: Socket) => void): Refusal | undefined {
    const { maxConnections, maxConnectionsPerAddress, room } = this.#bounds;
    const origin = this.origins.find(address);
    if (origin && origin.clients >= maxConnectionsPerAddress) {
      this.#counters.add('client.refused.address');
      return refusals.address;
    }
    if (this.clients.size < Math.min(maxConnections, room.clients)) return undefined;
    const idle = this.greeting.oldestOfCrowd();
    if (idle) {
      evict(idle);
      return undefined;
    }
    const guest = this.guests.dispensableFor(origin);
    if (guest) {
      this.#counters.add('client.crowdedOut');
      guest.kick('full');
      return undefined;
    }
    this.#counters.add('client.refused.full');
    return refusals.full;
  }
}
