import { decodeUtf8, MessageView, messageType, ProtocolError, readMessage } from '@pomelo-ts/protocol';
import type { PlacedClient, Places } from '../../acceptor/places.js';
import type { ClientLink, Origin } from '../../client-link.js';

/** A message as it came from a client; id 0 wants no answer. */
export interface TakenMessage {
  readonly id: number;
  readonly route: string;
  readonly body: string;
}

/** A session that keeps what its client sends, and what it is told of the connection. */
export class ContractSession implements PlacedClient {
  readonly link: ClientLink;
  readonly origin: Origin;
  uid: string | undefined;
  ready = false;
  placed = false;
  /** Whether its link was taken apart. */
  taken = false;
  readonly messages: TakenMessage[] = [];
  /** The reasons of its end: one, when all is well. */
  readonly ends: string[] = [];
  readonly #places: Places;

  constructor(link: ClientLink, origin: Origin, places: Places) {
    this.link = link;
    this.origin = origin;
    this.#places = places;
  }

  linkReady(): void {
    this.ready = true;
    this.#places.ready(this);
  }

  receive(bytes: Uint8Array, start: number, end: number): void {
    const view = new MessageView();
    readMessage(bytes, start, end, view);
    if (view.type > messageType.notify) throw new ProtocolError('MESSAGE_TYPE', { type: view.type });
    const body = decodeUtf8(bytes, view.bodyStart, view.bodyEnd);
    this.messages.push({ id: view.id, route: view.route, body });
  }

  linkTaken(): void {
    this.taken = true;
    this.#places.left(this);
  }

  linkClosed(reason: string): void {
    this.ends.push(reason);
    this.#places.left(this);
  }

  /** Answers a request with JSON. */
  answer(id: number, body: unknown): void {
    // In the midst of other bytes, as a forwarded answer lies.
    const bytes = Buffer.from(`..${JSON.stringify(body)}...`);
    this.link.answer(id, bytes, 2, bytes.length - 3);
  }
}
