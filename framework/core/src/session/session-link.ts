import type { ClientLink, ClientSession, Origin } from '../client-link.js';
import type { Uid } from '../session-names.js';
import type { FrontendSession } from './frontend-session.js';

/** What the links of a frontend's sessions tell. */
export interface LinkListener {
  ready(held: SessionLink): void;
  /** A message of the client, valid during the call only. Throws ProtocolError for what is none. */
  message(session: FrontendSession, bytes: Uint8Array, start: number, end: number): void;
  taken(held: SessionLink): void;
  closed(held: SessionLink, reason: string): void;
}

/**
 * A client link as the part of a session that it is, and what its acceptor knows of that session. A session may lose its link and get
 * another one: what a former one still says changes nothing.
 */
export class SessionLink implements ClientSession {
  readonly link: ClientLink;
  readonly origin: Origin;
  readonly session: FrontendSession;
  /** Whether the client has done its handshake. */
  ready = false;
  /** Whether it counts among the connections of this server. */
  placed = false;
  readonly #listener: LinkListener;

  constructor(link: ClientLink, origin: Origin, session: FrontendSession, listener: LinkListener) {
    this.link = link;
    this.origin = origin;
    this.session = session;
    this.#listener = listener;
  }

  get uid(): Uid | undefined {
    return this.session.uid;
  }

  /** Whether the session talks to its client by this link. */
  get current(): boolean {
    return this.session.part === this;
  }

  linkReady(): void {
    this.ready = true;
    this.#listener.ready(this);
  }

  receive(bytes: Uint8Array, start: number, end: number): void {
    if (this.current) this.#listener.message(this.session, bytes, start, end);
  }

  linkTaken(): void {
    this.#listener.taken(this);
  }

  linkClosed(reason: string): void {
    this.#listener.closed(this, reason);
  }
}
