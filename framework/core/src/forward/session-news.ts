import type { Logger } from '@pomelo-ts/common';
import type { RpcNode } from '@pomelo-ts/rpc';
import type { Peer } from '@pomelo-ts/rpc/internal';
import type { CoreMeasures } from '../measures.js';
import type { FrontendSession } from '../session/frontend-session.js';
import { frameKind } from '../wire/frame-kind.js';
import { aliveBytes, sendEnd, sendMoved, sendTaken, writeAlive } from './forward-frame.js';
import { type LastWord, UntoldEnds } from './untold-ends.js';

/** A session's number has 32 bits. */
const highestNumber = 0xffffffff;
/** Numbers in one frame that says which sessions live, so that it is never too long. */
const aliveChunk = 1024;

/** Tells backends what becomes of the sessions that they have seen. */
export class SessionNews {
  readonly #node: RpcNode;
  readonly #counters: CoreMeasures;
  readonly #logger: Logger;
  readonly #sessions: () => Iterable<FrontendSession>;
  /** What backends could not be told, because their connection was broken or too much waited for it. */
  readonly #untold = new Map<string, UntoldEnds>();

  constructor(options: {
    node: RpcNode;
    counters: CoreMeasures;
    logger: Logger;
    /** All sessions of this frontend. */
    sessions(): Iterable<FrontendSession>;
  }) {
    this.#node = options.node;
    this.#counters = options.counters;
    this.#logger = options.logger;
    this.#sessions = options.sessions;
  }

  /** Tells every backend that holds state for the session that it has ended. */
  sessionClosed(session: FrontendSession, reason: string): void {
    this.#tellLast(session, reason);
  }

  /** Tells every backend that holds state for the session that another frontend has it, which says so, too. */
  sessionMoved(session: FrontendSession): void {
    this.#tellLast(session, session.moves + 1);
  }

  /** Tells every backend that holds state for the session, which has come from another frontend, that it is here. */
  sessionTaken(session: FrontendSession): void {
    for (const id of session.backends?.keys() ?? []) {
      const peer = this.#node.peer(id);
      if (!peer || (!this.#untold.has(id) && sendTaken(peer, session))) continue;
      (this.#untold.get(id) ?? this.#tellLater(peer)).noteTaken(session);
    }
  }

  #tellLast(session: FrontendSession, word: LastWord): void {
    for (const id of session.backends?.keys() ?? []) {
      const peer = this.#node.peer(id);
      if (!peer) continue;
      if (session.waiting > 0) peer.calls.someAbandoned = true;
      const untold = this.#untold.get(id);
      if (untold) untold.note(session.number, word);
      else if (!sendLast(peer, session.number, word)) this.#tellLater(peer).note(session.number, word);
    }
  }

  /**
   * The connection to a backend stands (again). What was on its way when the former one broke may be lost, so the backend
   * is also told which sessions live.
   */
  peerUp(peer: Peer): void {
    const untold = this.#untold.get(peer.id) ?? new UntoldEnds();
    untold.owesAlive = true;
    this.#untold.set(peer.id, untold);
    this.peerDrained(peer);
  }

  /** There is room again for a backend that could not be told all. */
  peerDrained(peer: Peer): void {
    const untold = this.#untold.get(peer.id);
    const isTold = untold?.tell(
      (number, word) => sendLast(peer, number, word),
      (told) => sendTaken(peer, told),
    );
    if (!untold || !isTold) return;
    if (untold.owesAlive && !this.#sendAlive(peer)) return;
    this.#untold.delete(peer.id);
  }

  /** A backend has left the cluster: nobody is there to be told. Should it be the same life that comes back, it is told who lives. */
  peerRemoved(id: string): void {
    this.#untold.delete(id);
  }

  #tellLater(peer: Peer): UntoldEnds {
    this.#counters.forwardDelayedCloses.add();
    this.#logger.debug(`${peer.id} is told later what has become of sessions: too much waits for it`);
    const untold = new UntoldEnds();
    this.#untold.set(peer.id, untold);
    return untold;
  }

  /** Tells a backend which of all sessions that it has seen live; false when there is no room for all of it. */
  #sendAlive(peer: Peer): boolean {
    const alive: number[] = [];
    for (const session of this.#sessions()) {
      if (!session.backends?.has(peer.id)) continue;
      // One that came from elsewhere the backend may not know by its number yet.
      if (session.moves > 0 && !sendTaken(peer, session)) return false;
      alive.push(session.number);
    }
    alive.sort((a, b) => a - b);
    let from = 0;
    for (let at = 0; from <= highestNumber; at += aliveChunk) {
      const numbers = alive.slice(at, at + aliveChunk);
      const to = at + aliveChunk < alive.length ? numbers.at(-1)! : highestNumber;
      const start = peer.openRawControl(frameKind.sessionsAlive, aliveBytes(numbers));
      if (start < 0) return false;
      writeAlive(peer.buffer, start, { from, to, numbers });
      from = to + 1;
    }
    return true;
  }
}

function sendLast(peer: Peer, number: number, word: LastWord): boolean {
  return typeof word === 'string' ? sendEnd(peer, number, word) : sendMoved(peer, number, word);
}
