import type { Flushable } from '@pomelo-ts/common/internal';
import {
  encodeJson,
  encodeMessage,
  encodePackage,
  messageType,
  type PackageSink,
  PackageSplitter,
  type PackageType,
  ProtocolError,
  packageType,
} from '@pomelo-ts/protocol';
import type { ConnectionFacts } from '../acceptor/connect-info.js';
import type { Greeted } from '../acceptor/handshaker.js';
import type { AcceptorContext } from '../acceptor.js';
import type { ClientLink, ClientSession } from '../client-link.js';
import type { Push, WireFormat } from '../wire/push.js';
import type { MemoryWire } from './memory-wire.js';

/** What the links of one acceptor in memory share. */
export interface MemoryLinkOwner {
  readonly context: AcceptorContext;
  readonly format: WireFormat<Uint8Array>;
  handshake(link: MemoryLink, bytes: Uint8Array, start: number, end: number): void;
  closed(link: MemoryLink): void;
}

/** The only address that there is in memory. */
export const memoryAddress = '127.0.0.1';

const beat = encodePackage(packageType.heartbeat);

/** A push as clients in memory get it: the bare package. */
export function memoryPush(push: Push): Uint8Array {
  const message = Buffer.allocUnsafe(push.messageBytes);
  push.writeMessage(message, 0);
  return encodePackage(packageType.data, message);
}

/** A client of a test: the server's end, which hands its packages over one by one at the end of each tick. */
export class MemoryLink implements ClientLink, Greeted, PackageSink, Flushable {
  readonly address = memoryAddress;
  readonly hostHeader = undefined;
  readonly localAddress = undefined;
  readonly facts: ConnectionFacts = {
    transport: 'memory',
    remoteAddress: memoryAddress,
    headers: {},
    query: new URLSearchParams(),
  };
  session!: ClientSession;
  /** When the client last sent anything, or connected, in ms of the server's clock. */
  heardAt: number;
  /** How far its handshake is. */
  state: 'new' | 'asked' | 'answered' | 'ready' | 'closed' = 'new';
  readonly #owner: MemoryLinkOwner;
  readonly #wire: MemoryWire;
  readonly #splitter: PackageSplitter;
  #queue: Uint8Array[] = [];
  #scheduled = false;
  queuedBytes = 0;

  constructor(wire: MemoryWire, owner: MemoryLinkOwner) {
    this.#wire = wire;
    this.#owner = owner;
    this.#splitter = new PackageSplitter({ maxPackageBytes: owner.context.client.maxPackageBytes });
    this.heardAt = owner.context.clock.now();
  }

  /** The client has sent bytes, cut anywhere. */
  take(bytes: Uint8Array): void {
    if (this.state === 'closed') return;
    try {
      this.#splitter.push(bytes, this);
    } catch (error) {
      const fault = error instanceof ProtocolError ? error.code : 'internal';
      this.#owner.context.counters.clientFaults[fault].add();
      this.#close('protocol error');
    }
  }

  /**
   * Stops for good, without a word to the client; gives the wire, and what came by it and made no package yet. Undefined, and nothing
   * has changed, in its handshake, after its end, and while something waits to leave.
   */
  takeApart(): { readonly carrier: MemoryWire; readonly unread: Uint8Array } | undefined {
    if (this.state !== 'ready') return undefined;
    this.flush();
    if (this.queuedBytes > 0) return undefined;
    this.state = 'closed';
    this.#wire.letGo();
    this.#owner.closed(this);
    this.session.linkTaken();
    return { carrier: this.#wire, unread: this.#splitter.unfinished() };
  }

  /** Goes on with a client that has done its handshake elsewhere, and sent `unread` that made no package there. */
  goOn(unread: Uint8Array): void {
    this.#ready();
    this.take(unread);
  }

  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean {
    const ready = this.state === 'ready';
    if (ready) this.heardAt = this.#owner.context.clock.now();
    if (type === packageType.data && ready) this.session.receive(bytes, start, end);
    else if (type === packageType.heartbeat && ready) this.#beat();
    else if (type === packageType.handshake && this.state === 'new') {
      this.state = 'asked';
      this.#owner.handshake(this, bytes, start, end);
    } else if (type === packageType.handshakeAck && this.state === 'answered') this.#begin();
    else if (type === packageType.kick) this.#close('protocol error');
    return !this.#ended;
  }

  acceptHandshake(body: Uint8Array): void {
    if (this.#ended) return;
    this.state = 'answered';
    this.#send(encodePackage(packageType.handshake, body));
  }

  refuseHandshake(body: Uint8Array, reason: string): void {
    if (this.#ended) return;
    this.#send(encodePackage(packageType.handshake, body));
    this.#close(reason);
  }

  answer(messageId: number, bytes: Uint8Array, start: number, end: number): void {
    if (this.state !== 'ready') return;
    if (this.#isSlow) this.#tooSlow();
    else {
      const message = encodeMessage(messageType.response, messageId, '', bytes.subarray(start, end));
      this.#send(encodePackage(packageType.data, message));
    }
  }

  push(push: Push): boolean {
    if (this.state !== 'ready') return false;
    const { client, counters } = this.#owner.context;
    if (!this.#isSlow) {
      this.#send(push.frameIn(this.#owner.format));
      return true;
    }
    counters.pushDropped.slow.add();
    if (client.sendQueue.policy === 'close') this.#tooSlow();
    return false;
  }

  kick(reason: string): void {
    if (this.#ended) return;
    if (this.state === 'ready')
      this.#send(encodePackage(packageType.kick, encodeJson(JSON.stringify({ reason }))));
    this.#close(reason);
  }

  drop(reason: string): void {
    if (this.#ended) return;
    this.#queue = [];
    this.#close(reason);
  }

  flush(): void {
    this.#scheduled = false;
    if (!this.#wire.reads) {
      if (!this.#ended) this.#owner.context.queues.note(this);
      return;
    }
    const queue = this.#queue;
    this.#queue = [];
    this.queuedBytes = 0;
    for (const bytes of queue) this.#wire.events.onFrame(bytes);
  }

  get #ended(): boolean {
    return this.state === 'closed';
  }

  get #isSlow(): boolean {
    return this.queuedBytes > this.#owner.context.client.sendQueue.maxBytes;
  }

  #begin(): void {
    this.#ready();
    this.#beat();
  }

  #ready(): void {
    this.state = 'ready';
    this.heardAt = this.#owner.context.clock.now();
    this.session.linkReady();
  }

  #beat(): void {
    if (this.#owner.context.client.heartbeatTimeoutMs === false) return;
    if (this.#isSlow) this.#tooSlow();
    else this.#send(beat);
  }

  #tooSlow(): void {
    this.#owner.context.counters.clientClosedSlow.add();
    this.drop('too slow');
  }

  #send(bytes: Uint8Array): void {
    this.#queue.push(bytes);
    this.queuedBytes += bytes.length;
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.#owner.context.flusher.schedule(this);
  }

  #close(reason: string): void {
    if (this.#ended) return;
    this.state = 'closed';
    // Not from within what the client or the game does now.
    setImmediate(() => {
      this.flush();
      this.#wire.ended();
    });
    this.#owner.closed(this);
    this.session.linkClosed(reason);
  }
}
