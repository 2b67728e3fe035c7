import type { Socket } from 'node:net';
import type { ServerSettings } from '@pomelo-ts/cluster';
import type { Clock, Logger } from '@pomelo-ts/common';
import type { TickFlusher } from '@pomelo-ts/common/internal';
import type { ConnectInfo } from './acceptor/connect-info.js';
import type { HttpEndpoints } from './acceptor/http-endpoints.js';
import type { OriginPolicy } from './acceptor/origin-policy.js';
import type { Places } from './acceptor/places.js';
import type { SendQueues } from './acceptor/send-queues.js';
import type { ClientLink, ClientSession } from './client-link.js';
import type { CoreMeasures } from './measures.js';
import type { HandshakeParts } from './wire/client-format.js';
import type { WireFormats } from './wire/push.js';

/** What a game says to a client that wants in. Nothing, or `user` data for its handshake, lets it in. */
export type ConnectAnswer =
  | undefined
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing lets everybody in
  | void
  | { readonly user?: unknown }
  | { readonly refuse: { readonly code: number; readonly reason: string } };

/** What a game decides about connections, beside the settings in `settings.json5`. */
export interface AcceptorHooks {
  /** Called for each handshake; may refuse with a code (the client's `code`) and a reason. */
  onConnect?(info: ConnectInfo): ConnectAnswer | Promise<ConnectAnswer>;
}

/** Listens for clients on one port. */
export interface Acceptor {
  /** Opens `port`, 0 for any that is free; gives the one that it is. Rejects with PORT_IN_USE, PORT_UNUSABLE. */
  listen(port: number): Promise<number>;
  /** Takes no new clients. */
  stopAccepting(): void;
  /** Tells every client why, and closes all; resolves when the last one has gone. Called again, it waits for that too. */
  close(reason: string): Promise<void>;
}

/** A connection that was taken apart: nobody reads it, and nothing waits to leave for it. */
export interface TakenLink<Carrier = Socket> {
  /** What the client is connected by, which another link goes on with: its socket, where it comes over a network. */
  readonly carrier: Carrier;
  /** All that whoever goes on with it must know, as plain data. */
  readonly state: TakenState;
}

/** What {@link MovingAcceptor.takeApart} found. */
export interface TakenState {
  /** How the client came, as its acceptor calls it: `websocket` and `tcp` are those of the hybrid one. */
  readonly transport: string;
  /** Bytes of the client that have come and made no message yet. */
  readonly unread: Uint8Array;
  readonly address: string;
  readonly hostHeader: string | undefined;
}

/** An acceptor whose living connections can go on at another one, in another process too; the client notices nothing. */
export interface MovingAcceptor<Carrier = Socket> extends Acceptor {
  /**
   * Takes a link of this acceptor apart, and tells its session so; the link does nothing any more, so requests that wait are to be
   * answered before. Undefined, and nothing has changed, where that cannot be now: it is in its handshake or has ended, something
   * waits to leave, or it is compressed.
   */
  takeApart(link: ClientLink): TakenLink<Carrier> | undefined;
  /** Goes on with a connection that another acceptor has taken apart, as a client whose handshake is done; gives its link. */
  adopt(taken: TakenLink<Carrier>): ClientLink;
}

/** Name of the acceptor that serves the `clientPort` of every frontend: WebSocket, raw TCP and plain HTTP. */
export const hybrid = 'hybrid';

/** Lets in clients of the cluster itself, which look whether things arrive. */
export interface ProbeEntrance {
  /** The session of who gives such a word in its handshake, in place of the one that every client gets; undefined for others. */
  sessionFor(word: unknown, session: ClientSession | undefined): ClientSession | undefined;
}

/** Makes an acceptor for a frontend; see `app.acceptor`. It opens nothing before it is told to listen. */
export type AcceptorMaker = (context: AcceptorContext) => Acceptor;

/** What a game has registered under the name of an acceptor. */
export interface RegisteredAcceptor {
  readonly make: AcceptorMaker;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What an acceptor is made with: the frontend that it lets clients in to. */
export interface AcceptorContext {
  readonly serverId: string;
  /** What the app and `servers.json5` say for this acceptor alone. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly env: string;
  /** Addresses to listen at: the first one that this machine can. */
  readonly hosts: readonly string[];
  /** The section `client` of the settings. */
  readonly client: ServerSettings['settings']['client'];
  /** Who may connect, and what each client becomes. */
  readonly places: Places;
  /** Which web pages may connect. */
  readonly origins: OriginPolicy;
  /** What the game decides about connections. */
  readonly hooks: AcceptorHooks;
  /** Whom handshakes of the cluster's own clients are for. */
  readonly probes: ProbeEntrance;
  /** What a handshake tells a client of routes and bodies. */
  readonly bodies: HandshakeParts;
  /** Where the acceptor tells of clients that have not read all that they were sent. */
  readonly queues: SendQueues;
  /** Where the acceptor has the format of its pushes numbered. */
  readonly formats: WireFormats;
  /** Plain HTTP, for an acceptor that can tell it from what clients send. */
  readonly http: HttpEndpoints;
  /** Calls what is to leave at the end of each tick. */
  readonly flusher: TickFlusher;
  readonly counters: CoreMeasures;
  readonly clock: Clock;
  readonly logger: Logger;
}
