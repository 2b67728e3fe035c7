import type { ClientSocket, SocketEvents } from '@pomelo-ts/client';
import { encodeJson, encodePackage, packageType } from '@pomelo-ts/protocol';
import { Handshaker } from '../acceptor/handshaker.js';
import type { AcceptorContext, MovingAcceptor, TakenLink } from '../acceptor.js';
import type { ClientLink } from '../client-link.js';
import type { WireFormat } from '../wire/push.js';
import { MemoryLink, type MemoryLinkOwner, memoryAddress, memoryPush } from './memory-link.js';
import { MemoryWire } from './memory-wire.js';

/** How often silent and unfinished clients are looked for, in ms. */
const sweepMs = 1000;

/** The client's end of a connection in memory. */
export interface MemorySocket extends ClientSocket {
  /** Whether it reads; what it is sent meanwhile waits. */
  read(on: boolean): void;
}

/** Lets clients of the same process in, without a port or a socket: each package that they are sent is one frame. */
export class MemoryAcceptor implements MovingAcceptor<MemoryWire>, MemoryLinkOwner {
  readonly context: AcceptorContext;
  readonly format: WireFormat<Uint8Array>;
  readonly #handshaker: Handshaker;
  readonly #links = new Set<MemoryLink>();
  readonly #stopSweep: () => void;
  #accepts = false;

  constructor(context: AcceptorContext) {
    this.context = context;
    this.format = context.formats.add('memory', memoryPush);
    this.#handshaker = new Handshaker(context);
    this.#stopSweep = context.clock.every(sweepMs, () => this.#sweep());
  }

  async listen(port: number): Promise<number> {
    this.#accepts = true;
    return port;
  }

  stopAccepting(): void {
    this.#accepts = false;
  }

  async close(reason: string): Promise<void> {
    this.stopAccepting();
    this.#stopSweep();
    for (const link of [...this.#links]) link.kick(reason);
    // The last ones hear of their end in this turn.
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** Connects a client, which hears of it later. */
  connect(events: SocketEvents): MemorySocket {
    const later = (what: () => void): void => void queueMicrotask(what);
    const wire = new MemoryWire(events);
    later(() => this.#open(wire));
    return {
      send: (bytes) => later(() => wire.send(bytes)),
      close: () => later(() => wire.close()),
      terminate: () => later(() => wire.close()),
      read: (on) => later(() => wire.read(on)),
    };
  }

  takeApart(link: ClientLink): TakenLink<MemoryWire> | undefined {
    if (!(link instanceof MemoryLink) || !this.#links.has(link)) return undefined;
    const taken = link.takeApart();
    if (!taken) return undefined;
    const { address, hostHeader } = link;
    return {
      carrier: taken.carrier,
      state: { transport: 'memory', unread: taken.unread, address, hostHeader },
    };
  }

  adopt({ carrier, state }: TakenLink<MemoryWire>): ClientLink {
    const link = this.#add(carrier);
    link.goOn(state.unread);
    carrier.heldBy(link);
    return link;
  }

  handshake(link: MemoryLink, bytes: Uint8Array, start: number, end: number): void {
    this.#handshaker.answer(link, bytes, start, end);
  }

  closed(link: MemoryLink): void {
    this.#links.delete(link);
    this.context.queues.forget(link);
  }

  #open(wire: MemoryWire): void {
    const { events } = wire;
    if (!this.#accepts) {
      wire.ended('the server takes no new clients');
      return;
    }
    const { places } = this.context;
    const refusal = places.refusalOf(memoryAddress);
    events.onOpen();
    if (refusal) {
      events.onFrame(encodePackage(packageType.handshake, encodeJson(JSON.stringify(refusal))));
      wire.ended();
      return;
    }
    wire.heldBy(this.#add(wire));
  }

  #add(wire: MemoryWire): MemoryLink {
    const link = new MemoryLink(wire, this);
    this.#links.add(link);
    link.session = this.context.places.open(link);
    return link;
  }

  /** One look a second at everybody. */
  #sweep(): void {
    const { client, clock, counters } = this.context;
    for (const link of this.#links) {
      const ready = link.state === 'ready';
      const ms = ready ? client.heartbeatTimeoutMs : client.handshakeTimeoutMs;
      if (ms === false || clock.now() - link.heardAt <= ms) continue;
      counters[ready ? 'clientTimedOut' : 'clientNeverHandshook'].add();
      link.drop(ready ? 'heartbeat timeout' : 'handshake timeout');
    }
  }
}
