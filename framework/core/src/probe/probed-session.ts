import { encodeJson, MessageView, messageType, readMessage } from '@pomelo-ts/protocol';
import type { ClientSession } from '../client-link.js';
import type { SessionLink } from '../session/session-link.js';
import { type ProbeAnswer, probeRoute } from './probe-names.js';

/** What the session of a probe does. */
export interface ProbedParts {
  /** Has a backend push to a session of this frontend. */
  push(sessionId: string): Promise<ProbeAnswer>;
  /** Ends it, and the game hears nothing. */
  dismiss(held: SessionLink, reason: string): void;
}

const message = new MessageView();

/** The session of a probe: one like all others to what pushes and counts, and none to the game. It answers nothing but {@link probeRoute}. */
export class ProbedSession implements ClientSession {
  readonly uid = undefined;
  readonly #held: SessionLink;
  readonly #parts: ProbedParts;
  /** A probe asks once. */
  #asked = false;

  constructor(held: SessionLink, parts: ProbedParts) {
    this.#held = held;
    this.#parts = parts;
  }

  linkReady(): void {
    this.#held.linkReady();
  }

  receive(bytes: Uint8Array, start: number, end: number): void {
    readMessage(bytes, start, end, message);
    if (message.type !== messageType.request || message.route !== probeRoute || this.#asked) return;
    this.#asked = true;
    void this.#answer(message.id);
  }

  linkTaken(): void {
    this.#held.linkTaken();
  }

  linkClosed(reason: string): void {
    this.#parts.dismiss(this.#held, reason);
  }

  async #answer(messageId: number): Promise<void> {
    const { session, link } = this.#held;
    const answer = encodeJson(JSON.stringify(await this.#parts.push(session.id)));
    link.answer(messageId, answer, 0, answer.length);
  }
}
