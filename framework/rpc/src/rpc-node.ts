import {
  type Clock,
  isPomeloError,
  type Logger,
  Measures,
  PomeloError,
  silentLogger,
  systemClock,
} from '@pomelo-ts/common';
import { briefError, shorten, TickFlusher } from '@pomelo-ts/common/internal';
import type { RpcCodec } from './codec.js';
import { msgpackrCodec } from './codec-msgpackr.js';
import { type RpcMeasures, rpcMeasures } from './measures.js';
import { RequestAnswerer, type RpcHandlers, readError } from './node/calls.js';
import { type ConnectionOwner, RpcConnection } from './node/connection.js';
import { Membership } from './node/membership.js';
import { OwnCalls } from './node/own-calls.js';
import type { Peer, PeerEntry } from './node/peer.js';
import { PeerCalls } from './node/peer-calls.js';
import type { PendingTable } from './node/pending-table.js';
import { PromiseSettler } from './node/promise-settler.js';
import { type CallOptions, limitsOf, outputBounds, type RpcNodeOptions } from './options.js';
import type { RpcAddress } from './transport.js';
import { frameType } from './wire/frame-type.js';
import type { ProvedChannel } from './wire/handshake.js';
import { type TraceParent, takesTraces } from './wire/trace-parent.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** How often deadlines and silence are looked at, in ms. */
const sweepMs = 50;

/**
 * One server's end of all calls: listens for its peers, keeps a connection to each, calls and answers.
 *
 * Every call settles exactly once, with a value or a {@link PomeloError}: RPC_UNKNOWN_SERVER, RPC_REFUSED, RPC_TIMEOUT,
 * RPC_OVERLOADED, PEER_LOST, REMOTE_THREW, RPC_UNKNOWN_METHOD, RPC_UNSERIALIZABLE or RPC_CLOSED.
 *
 * @example
 * const made = await rpcKeys(secret);
 * const keys = () => made;
 * const node = new RpcNode({ id: 'a', bootId: newBootId(), keys, transport: tcpTransport(), handlers });
 * await node.listen({ host: '127.0.0.1', port: 0 });
 * node.addPeer({ id: 'b', bootId: '…', type: 'chat', host: '127.0.0.1', port: 6050 });
 * await node.request('b', 'chat.chatRemote.add', ['uid-1']);
 */
export class RpcNode {
  readonly id: string;
  readonly bootId: string;
  readonly codec: RpcCodec;
  readonly timeoutMs: number;
  readonly counters: RpcMeasures;
  readonly clock: Clock;
  readonly #handlers: RpcHandlers;
  readonly #answerer: RequestAnswerer;
  readonly #ownCalls: OwnCalls;
  readonly #peerCalls: PeerCalls;
  readonly #heartbeatMs: number;
  readonly #logger: Logger;
  readonly #membership: Membership;
  readonly #stopSweep: () => void;
  #sweptAt: number;
  #closed = false;

  constructor(options: RpcNodeOptions) {
    this.id = options.id;
    this.bootId = options.bootId;
    this.codec = options.codec ?? msgpackrCodec();
    this.timeoutMs = options.timeoutMs ?? 10_000;
    this.counters = (options.measures ?? new Measures()).makeAll(rpcMeasures);
    this.clock = options.clock ?? systemClock;
    this.#handlers = options.handlers;
    this.#heartbeatMs = options.heartbeatMs ?? 500;
    this.#owner.lifeSigns = { heartbeatMs: this.#heartbeatMs, silentMs: options.silentMs ?? 2800 };
    this.#logger = options.logger ?? silentLogger;
    const { handlers } = options;
    const { codec, clock, counters } = this;
    const logger = this.#logger;
    const limits = limitsOf(options);
    const { maxPending, maxFrameBytes } = limits;
    this.#owner.output = outputBounds(limits);
    this.#ownCalls = new OwnCalls({ self: this, handlers, codec, clock, maxPending });
    this.#peerCalls = new PeerCalls(codec, clock);
    this.#answerer = new RequestAnswerer({
      id: options.id,
      handlers,
      codec,
      stacks: options.stacks ?? false,
      maxFrameBytes,
      counters,
      clock,
      notifyFailed: (method, error) => this.#logNotify(method, error),
    });
    this.#membership = new Membership({
      self: { id: options.id, bootId: options.bootId },
      keys: () => options.keys(),
      transport: options.transport,
      clock,
      logger,
      counters,
      limits,
      takes: options.traces ? [takesTraces] : [],
      connect: (proved, peer) => this.#connect(proved, peer),
      onDown: (peer) => handlers.peerDown?.(peer),
    });
    this.#owner.flusher = options.flusher ?? new TickFlusher();
    this.#sweptAt = this.clock.now();
    this.#stopSweep = this.clock.every(sweepMs, () => this.#sweep());
  }

  /** Listens for peers; gives the port. */
  listen(address: RpcAddress): Promise<number> {
    return this.#membership.listen(address);
  }

  /** Makes a server known. A known id with another boot id replaces the former life, whose calls settle with PEER_LOST. */
  addPeer(entry: PeerEntry): void {
    if (entry.id !== this.id && !this.#closed) this.#membership.add(entry);
  }

  /** Forgets a server, if `bootId` is the life that is known; its calls settle with PEER_LOST. */
  removePeer(id: string, bootId: string): void {
    this.#membership.remove(id, bootId);
  }

  /** The peer with this id; undefined for this node itself and for strangers. */
  peer(id: string): Peer | undefined {
    return this.#membership.get(id);
  }

  /** Calls of other servers that are being answered here. */
  get running(): number {
    return this.#answerer.running;
  }

  /** The peers of a type, in the order of their ids; the same array until membership changes. */
  peersOfType(type: string): readonly Peer[] {
    return this.#membership.ofType(type);
  }

  /** Calls `method` on a server, this one included, and waits for its answer. */
  request(
    serverId: string,
    method: string,
    args: readonly unknown[],
    options?: CallOptions,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { clock, timeoutMs } = this;
      const { rpcClientDuration, rpcPeerDuration } = this.counters;
      const peer = this.peer(serverId);
      if (peer) peer.times ??= rpcPeerDuration.of(peer.entry.type);
      const timing = { clock, times: rpcClientDuration.of(method), peerTimes: peer?.times };
      const settler = new PromiseSettler(method, options?.timeoutMs ?? timeoutMs, timing, resolve, reject);
      if (this.#closed) settler.settleError(new PomeloError('RPC_CLOSED', { method }));
      else if (serverId === this.id) this.#ownCalls.request(method, args, settler, options?.trace);
      else if (peer) this.#peerCalls.request(peer, method, args, settler, options?.trace);
      else settler.settleError(new PomeloError('RPC_UNKNOWN_SERVER', { target: serverId }));
    });
  }

  /**
   * Calls `method` and wants no answer. Throws when the server is unknown, overloaded or an argument cannot be encoded;
   * what happens over there is not reported.
   */
  notify(serverId: string, method: string, args: readonly unknown[], trace?: TraceParent): void {
    if (this.#closed) throw new PomeloError('RPC_CLOSED', { method });
    if (serverId === this.id) {
      this.#ownCalls.notify(method, args, (error) => this.#logNotify(method, error), trace);
      return;
    }
    const peer = this.peer(serverId);
    if (!peer) throw new PomeloError('RPC_UNKNOWN_SERVER', { target: serverId });
    this.#peerCalls.notify(peer, method, args, trace);
  }

  /** Stops listening, closes all connections; calls that still wait settle with PEER_LOST. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopSweep();
    this.#ownCalls.close();
    await this.#membership.close();
  }

  #connect(proved: ProvedChannel, peer: Peer): void {
    const connection = new RpcConnection(proved, this.#owner, peer.work);
    const backlog = peer.takeBacklog();
    peer.connection = connection;
    this.#handlers.peerOpening?.(peer);
    connection.append(backlog);
    connection.start(proved);
    if (peer.connection === connection) this.#handlers.peerUp?.(peer);
  }

  readonly #owner: Writable<ConnectionOwner> = {
    lifeSigns: { heartbeatMs: 500, silentMs: 2800 },
    output: outputBounds(limitsOf({})),
    flusher: new TickFlusher(),
    now: () => this.clock.now(),
    onRequest: (connection, callId, method, bytes, start, end) => {
      this.#answerer.answer(connection, callId, method, bytes, start, end);
    },
    onRaw: (connection, callId, kind, bytes, start, end) => {
      try {
        this.#handlers.raw?.(kind, callId, bytes, start, end, connection);
      } catch (error) {
        // What breaks the protocol ends its connection, which all calls share. Anything else costs this frame alone.
        if (isPomeloError(error, 'FRAME_INVALID')) throw error;
        this.#answerer.fail(connection, callId, `a frame of kind ${kind}`, error);
      }
    },
    onAnswer: (connection, type, callId, bytes, start, end) => {
      this.#onAnswer(connection, type, callId, bytes, start, end);
    },
    onBrokenTrace: () => this.counters.rpcBrokenTraces.add(),
    onStuck: (connection) => this.#giveUp(connection),
    onClosed: (connection, error) => this.#membership.connectionClosed(connection, error),
  };

  #onAnswer(
    connection: RpcConnection,
    type: number,
    callId: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): void {
    const settler = this.peer(connection.peer.id)?.calls.take(callId);
    if (!settler) {
      this.counters.rpcLateAnswers.add();
      return;
    }
    if (type === frameType.rawResponse) {
      settler.settleRaw(bytes, start, end, connection.readAt);
      return;
    }
    let value: unknown;
    try {
      value = this.codec.decode(bytes, start, end);
    } catch (error) {
      const reason = `its answer cannot be decoded: ${String(error)}`;
      settler.settleError(
        new PomeloError('REMOTE_THREW', { method: settler.method, target: connection.peer.id, reason }),
      );
      return;
    }
    if (type === frameType.response) settler.settleValue(value, connection.readAt);
    else settler.settleError(readError(connection.peer.id, settler.method, value));
  }

  #sweep(): void {
    const now = this.clock.now();
    // After a stall of this process its peers' frames are still unread: they are not silent.
    const stalled = now - this.#sweptAt > Math.max(this.#heartbeatMs, 3 * sweepMs);
    this.#sweptAt = now;
    this.#expire(this.#ownCalls.waiting, this.id, now);
    for (const peer of this.#membership.all()) {
      this.#expire(peer.calls, peer.id, now);
      peer.setAside();
      if (peer.takeDrained()) this.#handlers.peerDrained?.(peer);
      if (stalled) peer.connection?.paused(now);
      else this.#heartbeat(peer, now);
    }
  }

  #expire(calls: PendingTable, target: string, now: number): void {
    for (const settler of calls.takeExpired(now)) {
      this.counters.rpcTimeouts.add();
      const { method, timeoutMs } = settler;
      settler.settleError(new PomeloError('RPC_TIMEOUT', { target, method, ms: timeoutMs }));
    }
  }

  #heartbeat(peer: Peer, now: number): void {
    const { connection } = peer;
    if (!connection) return;
    connection.look(now);
    if (connection.deaf || connection.stuck) {
      this.#hearAgain(connection);
      return;
    }
    const verdict = connection.signs.verdict(now);
    if (verdict === 'silent') {
      this.#logger.warn(`${peer.id} is silent and is given up`);
      this.counters.rpcSilentPeers.add();
      connection.close();
      return;
    }
    // What was lost on the way is found sooner, and sent again, when more follows it.
    // A sweep early, as it is seen to have left only at the next one.
    const due = now - connection.spokeAt >= this.#heartbeatMs - sweepMs;
    if (verdict === 'late' || due) connection.ping(now);
  }

  /** Its silence tells nothing while it is not read: what counts is whether it reads. */
  #hearAgain(connection: RpcConnection): void {
    if (connection.stuck) {
      this.#giveUp(connection);
      return;
    }
    connection.signs.paused(this.clock.now());
    connection.hearAgain();
  }

  #giveUp(connection: RpcConnection): void {
    const { peer, queuedBytes } = connection;
    this.#logger.warn(`${peer.id} does not read what it is sent and is given up`, { bytes: queuedBytes });
    this.counters.rpcStuckPeers.add();
    connection.close();
  }

  #logNotify(method: string, error: unknown): void {
    this.counters.rpcFailedNotifies.add();
    this.#logger.warn(`notify ${shorten(method, 200)} failed`, { error: briefError(error) });
  }
}
