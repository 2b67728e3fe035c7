import type { Counters } from '@pomelo-ts/common';
import type { Flushable, TickFlusher } from '@pomelo-ts/common/internal';
import { encodeJson, type PackageSink, type PackageType, packageType } from '@pomelo-ts/protocol';
import type { FrontendSession } from '../session/frontend-session.js';
import { type ClientSocket, type CloseCode, closeCode } from './client-socket.js';
import type { ConnectionFacts } from './connect-info.js';
import type { Origin } from './origins.js';
import { mergeFrames, packageFrame } from './package-frame.js';

/** States of a connection, in their order. */
export const connectionState = { inited: 0, handshaking: 1, waitAck: 2, working: 3, closed: 4 } as const;
export type ConnectionState = (typeof connectionState)[keyof typeof connectionState];

/** What happens to pushes for a client that reads too slowly. */
export interface SendQueueBound {
  readonly maxBytes: number;
  readonly policy: 'drop' | 'close';
}

/** What all connections of an acceptor share. */
export interface ConnectionOwner {
  readonly flusher: TickFlusher;
  readonly counters: Counters;
  readonly sendQueue: SendQueueBound;
  /** Whether clients and server exchange heartbeats. */
  readonly heartbeats: boolean;
  /** Seconds since the acceptor began, whole. */
  readonly second: number;
  onHandshake(connection: ClientConnection, bytes: Uint8Array, start: number, end: number): void;
  onMessage(connection: ClientConnection, bytes: Uint8Array, start: number, end: number): void;
  /** The client has done its handshake. */
  onWorking(connection: ClientConnection): void;
  onClosed(connection: ClientConnection, reason: string): void;
  /** It has closed, and none of its requests is worked on any more. */
  onDone(connection: ClientConnection): void;
}

/** Heartbeats that may be answered to a client that has not read all before them: each costs far more than its four bytes. */
const mostUnreadBeats = 1000;

const heartbeatFrame = packageFrame(packageType.heartbeat);

/**
 * One client: the state machine of the package layer, and the queue of what leaves for it. Everything sent in one tick
 * leaves in one write.
 */
export class ClientConnection implements PackageSink, Flushable {
  state: ConnectionState = connectionState.inited;
  session!: FrontendSession;
  /** Requests of this client that have no answer yet. */
  waiting = 0;
  /** Second of the owner's clock in which a working client last sent anything; for others, when they connected. */
  heardAt: number;
  readonly address: string;
  readonly origin: Origin;
  /** What a WebSocket client called this server. */
  readonly hostHeader: string | undefined;
  /** Known until the handshake is done. */
  facts: ConnectionFacts | undefined;
  readonly socket: ClientSocket;
  readonly #owner: ConnectionOwner;
  #first: Buffer | undefined;
  #more: Buffer[] | undefined;
  #waitingBytes = 0;
  /** Whether a heartbeat leaves with this tick. */
  #beats = false;
  #unreadBeats = 0;

  constructor(socket: ClientSocket, facts: ConnectionFacts, origin: Origin, owner: ConnectionOwner) {
    this.socket = socket;
    this.origin = origin;
    this.#owner = owner;
    this.facts = facts;
    this.address = facts.remoteAddress;
    this.hostHeader = facts.headers.host;
    this.heardAt = owner.second;
  }

  get closed(): boolean {
    return this.state === connectionState.closed;
  }

  /** A package has come. False when the connection has closed and wants no more. */
  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean {
    switch (type) {
      case packageType.data:
        if (this.state === connectionState.working) {
          this.heardAt = this.#owner.second;
          this.#owner.onMessage(this, bytes, start, end);
        }
        break;
      case packageType.heartbeat:
        if (this.state === connectionState.working) {
          this.heardAt = this.#owner.second;
          if (this.#owner.heartbeats) this.#beat();
        }
        break;
      case packageType.handshake:
        if (this.state === connectionState.inited) {
          this.state = connectionState.handshaking;
          this.#owner.onHandshake(this, bytes, start, end);
        }
        break;
      case packageType.handshakeAck:
        if (this.state === connectionState.waitAck) {
          this.state = connectionState.working;
          this.heardAt = this.#owner.second;
          this.#owner.onWorking(this);
          if (this.#owner.heartbeats) this.#beat();
        }
        break;
      default:
        this.fault('kick', closeCode.protocolError);
    }
    return this.state !== connectionState.closed;
  }

  /** Sends the handshake's answer, and waits for the client's acknowledgement. */
  acceptHandshake(body: Uint8Array): void {
    if (this.closed) return;
    this.state = connectionState.waitAck;
    this.facts = undefined;
    this.#queue(packageFrame(packageType.handshake, body));
  }

  /** Sends the handshake's answer, and closes. */
  refuseHandshake(body: Uint8Array, reason: string): void {
    if (this.closed) return;
    this.#queue(packageFrame(packageType.handshake, body));
    this.close(reason);
  }

  /** Sends the answer to a request; never dropped: a client that lets answers pile up is closed. */
  sendAnswer(frame: Buffer): void {
    this.waiting--;
    if (this.state !== connectionState.working) {
      if (this.closed) this.#answeredLate();
      return;
    }
    if (this.#queuedBytes > this.#owner.sendQueue.maxBytes) this.#tooSlow();
    else this.#queue(frame);
  }

  /** Sends a push, unless the client reads too slowly; gives whether it was taken. */
  sendPush(frame: Buffer): boolean {
    if (this.state !== connectionState.working) return false;
    if (this.#queuedBytes <= this.#owner.sendQueue.maxBytes) {
      this.#queue(frame);
      return true;
    }
    this.#owner.counters.add('client.droppedPushes');
    if (this.#owner.sendQueue.policy === 'close') this.#tooSlow();
    return false;
  }

  /** Tells the client why, and closes. */
  kick(reason: string): void {
    if (this.closed) return;
    if (this.state === connectionState.working) {
      this.#queue(packageFrame(packageType.kick, encodeJson(JSON.stringify({ reason }))));
    }
    this.close(reason);
  }

  /** Closes, because of what the client sent. */
  fault(what: string, code: CloseCode): void {
    this.#owner.counters.add(`client.faults.${what}`);
    this.close('protocol error', code);
  }

  /** Closes once what was sent has left. */
  close(reason: string, code: CloseCode = closeCode.normal): void {
    if (this.closed) return;
    this.flush();
    this.#end(reason);
    this.socket.end(code);
  }

  /** The client has gone, or must go at once. */
  gone(reason: string): void {
    this.#end(reason);
    this.socket.destroy();
  }

  flush(): void {
    const first = this.#first;
    if (!first || this.closed) return;
    const more = this.#more;
    this.#first = undefined;
    this.#more = undefined;
    this.#waitingBytes = 0;
    this.#beats = false;
    this.socket.write(more ? mergeFrames([first, ...more]) : first);
  }

  get #queuedBytes(): number {
    return this.#waitingBytes + this.socket.queuedBytes;
  }

  /** A client may send heartbeats as fast as it likes and read none of ours: those of one tick have one answer. */
  #beat(): void {
    if (this.#beats) return;
    this.#beats = true;
    this.#unreadBeats = this.socket.queuedBytes === 0 ? 0 : this.#unreadBeats + 1;
    const tooMany = this.#unreadBeats > mostUnreadBeats;
    if (tooMany || this.#queuedBytes > this.#owner.sendQueue.maxBytes) this.#tooSlow();
    else this.#queue(heartbeatFrame);
  }

  #queue(frame: Buffer): void {
    this.#waitingBytes += frame.length;
    if (!this.#first) {
      this.#first = frame;
      this.#owner.flusher.schedule(this);
    } else if (this.#more) this.#more.push(frame);
    else this.#more = [frame];
  }

  #tooSlow(): void {
    this.#owner.counters.add('client.closedSlow');
    this.gone('too slow');
  }

  #end(reason: string): void {
    if (this.closed) return;
    this.state = connectionState.closed;
    this.#first = undefined;
    this.#more = undefined;
    this.facts = undefined;
    const { waiting } = this;
    this.origin.gone += waiting;
    this.#owner.onClosed(this, reason);
    if (waiting === 0) this.#owner.onDone(this);
  }

  /** A request was answered when its client had gone. */
  #answeredLate(): void {
    this.origin.gone--;
    if (this.waiting === 0) this.#owner.onDone(this);
  }
}
