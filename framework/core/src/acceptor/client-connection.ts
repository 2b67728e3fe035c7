import type { Flushable, TickFlusher } from '@pomelo-ts/common/internal';
import { encodeJson, type PackageSink, type PackageType, packageType } from '@pomelo-ts/protocol';
import type { ClientLink, ClientSession } from '../client-link.js';
import type { ClientFault } from '../measures/client-measures.js';
import type { CoreMeasures } from '../measures.js';
import type { Push, WireFormat } from '../wire/push.js';
import { type ClientSocket, type CloseCode, closeCode } from './client-socket.js';
import type { ConnectionFacts } from './connect-info.js';
import type { Greeted } from './handshaker.js';
import { answerFrame } from './message-frames.js';
import { mergeFrames, packageFrame } from './package-frame.js';
import type { SendQueues } from './send-queues.js';

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
  readonly counters: CoreMeasures;
  readonly sendQueue: SendQueueBound;
  readonly queues: SendQueues;
  readonly format: WireFormat<Buffer>;
  /** Whether clients and server exchange heartbeats. */
  readonly heartbeats: boolean;
  /** Seconds since the acceptor began, whole. */
  readonly second: number;
  /** The same text, shared by all clients that have the same. */
  shared(hostHeader: string | undefined): string | undefined;
  onHandshake(connection: ClientConnection, bytes: Uint8Array, start: number, end: number): void;
  onClosed(connection: ClientConnection): void;
}

/** Heartbeats that may be answered to a client that has not read all before them: each costs far more than its four bytes. */
const mostUnreadBeats = 1000;

const heartbeatFrame = packageFrame(packageType.heartbeat);

/**
 * One client: the state machine of the package layer, and the queue of what leaves for it. Everything sent in one tick
 * leaves in one write.
 */
export class ClientConnection implements ClientLink, Greeted, PackageSink, Flushable {
  state: ConnectionState = connectionState.inited;
  session!: ClientSession;
  /** Second of the owner's clock in which a working client last sent anything; for others, when they connected. */
  heardAt: number;
  readonly address: string;
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

  constructor(socket: ClientSocket, facts: ConnectionFacts, owner: ConnectionOwner) {
    this.socket = socket;
    this.#owner = owner;
    this.facts = facts;
    this.address = facts.remoteAddress;
    this.hostHeader = owner.shared(facts.headers.host);
    this.heardAt = owner.second;
  }

  get closed(): boolean {
    return this.state === connectionState.closed;
  }

  get localAddress(): string | undefined {
    return this.socket.raw.localAddress;
  }

  get queuedBytes(): number {
    return this.#waitingBytes + this.socket.queuedBytes;
  }

  /** A package has come. False when the connection has closed and wants no more. */
  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean {
    switch (type) {
      case packageType.data:
        if (this.state === connectionState.working) {
          this.heardAt = this.#owner.second;
          this.session.receive(bytes, start, end);
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
          this.session.linkReady();
          if (this.#owner.heartbeats) this.#beat();
        }
        break;
      default:
        this.fault('kick', closeCode.protocolError);
    }
    return this.state !== connectionState.closed;
  }

  acceptHandshake(body: Uint8Array): void {
    if (this.closed) return;
    this.state = connectionState.waitAck;
    this.facts = undefined;
    this.#queue(packageFrame(packageType.handshake, body));
  }

  refuseHandshake(body: Uint8Array, reason: string): void {
    if (this.closed) return;
    this.#queue(packageFrame(packageType.handshake, body));
    this.close(reason);
  }

  answer(messageId: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.state !== connectionState.working) return;
    if (this.queuedBytes > this.#owner.sendQueue.maxBytes) this.#tooSlow();
    else this.#queue(answerFrame(messageId, bytes, start, end));
  }

  push(push: Push): boolean {
    if (this.state !== connectionState.working) return false;
    if (this.queuedBytes <= this.#owner.sendQueue.maxBytes) {
      this.#queue(push.frameIn(this.#owner.format));
      return true;
    }
    this.#owner.counters.pushDropped.slow.add();
    if (this.#owner.sendQueue.policy === 'close') this.#tooSlow();
    return false;
  }

  kick(reason: string): void {
    if (this.closed) return;
    if (this.state === connectionState.working) {
      this.#queue(packageFrame(packageType.kick, encodeJson(JSON.stringify({ reason }))));
    }
    this.close(reason);
  }

  /** Closes, because of what the client sent. */
  fault(what: ClientFault, code: CloseCode): void {
    this.#owner.counters.clientFaults[what].add();
    this.close('protocol error', code);
  }

  /** Closes once what was sent has left. */
  close(reason: string, code: CloseCode = closeCode.normal): void {
    if (this.closed) return;
    this.flush();
    this.#end(reason);
    this.socket.end(code);
  }

  drop(reason: string): void {
    if (this.closed) return;
    this.#end(reason);
    this.socket.destroy();
  }

  /** Stops for good, without a word to the client; gives what came and made no package yet, as {@link ClientSocket.takeApart} does. */
  takeApart(): Buffer | undefined {
    if (this.state !== connectionState.working) return undefined;
    this.flush();
    const unread = this.socket.takeApart();
    if (!unread) return undefined;
    this.state = connectionState.closed;
    this.session.linkTaken();
    return unread;
  }

  /** Goes on with a client that has done its handshake elsewhere. */
  goOn(): void {
    this.state = connectionState.working;
    this.facts = undefined;
    this.session.linkReady();
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
    if (this.socket.queuedBytes > 0) this.#owner.queues.note(this);
  }

  /** A client may send heartbeats as fast as it likes and read none of ours: those of one tick have one answer. */
  #beat(): void {
    if (this.#beats) return;
    this.#beats = true;
    this.#unreadBeats = this.socket.queuedBytes === 0 ? 0 : this.#unreadBeats + 1;
    const tooMany = this.#unreadBeats > mostUnreadBeats;
    if (tooMany || this.queuedBytes > this.#owner.sendQueue.maxBytes) this.#tooSlow();
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
    this.#owner.counters.clientClosedSlow.add();
    this.drop('too slow');
  }

  #end(reason: string): void {
    if (this.closed) return;
    this.state = connectionState.closed;
    this.#first = undefined;
    this.#more = undefined;
    this.facts = undefined;
    this.#owner.onClosed(this);
    this.session.linkClosed(reason);
  }
}
