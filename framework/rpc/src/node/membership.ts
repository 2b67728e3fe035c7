import { backOff, type Clock, isPomeloError, type Logger, PomeloError, reasonOf } from '@pomelo-ts/common';
import {
  hostIn,
  hostPort,
  type NamedKey,
  OwnHosts,
  roomForStrangers,
  Strangers,
  strangerLogger,
} from '@pomelo-ts/common/internal';
import type { RpcMeasures } from '../measures.js';
import type { RpcAddress, RpcChannel, RpcListener, RpcTransport } from '../transport.js';
import {
  dialHandshake,
  type HandshakeIdentity,
  listenHandshake,
  type ProvedChannel,
} from '../wire/handshake.js';
import type { AtWork, RpcConnection } from './connection.js';
import { Peer, type PeerEntry, type PeerLimits } from './peer.js';

/** Longest time for connecting, in ms: the system asks again ever later, so that a healed network may be met sooner by a new dial. */
const connectTimeoutMs = 2000;
/** Longest time for proving, in ms. */
const handshakeTimeoutMs = 5000;
/** Waits between dials, in ms. */
const dialBackOff = { minMs: 50, maxMs: 1000 };
/** How long a proved stranger may wait until the registry names it, in ms. */
const strangerWaitMs = 5000;
/** Connections that may be proving themselves at once; one more ends one of whoever has most of them. */
const maxProving = 1024;

/** What membership needs of its node. */
export interface MembershipOptions {
  readonly self: HandshakeIdentity;
  /** Keys that are taken; the first is the one to dial with. */
  keys(): readonly NamedKey[];
  readonly transport: RpcTransport;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly counters: RpcMeasures;
  readonly limits: PeerLimits;
  /** What of later versions of the wire this node takes. */
  readonly takes: readonly string[];
  connect(proved: ProvedChannel, peer: Peer): void;
  onDown(peer: Peer): void;
}

/**
 * Who is known, and one connection to each. Of two servers one dials: the one that nobody can dial, else the one that its
 * entry names. It dials as soon as it knows the other and again, with back-off, for as long as it knows it.
 */
export class Membership {
  readonly #options: MembershipOptions;
  readonly #strangerLog: Logger;
  readonly #peers = new Map<string, Peer>();
  readonly #byType = new Map<string, readonly Peer[]>();
  /** What works still for servers that have left, by their ids: whoever comes again has what is left of its share. */
  readonly #left = new Map<string, AtWork>();
  /** Proved peers that the registry has not named yet, by the life that they wait for. */
  readonly #strangers = new Map<string, Set<() => void>>();
  readonly #cancelDial = new Map<Peer, () => void>();
  /** Peers that are being dialed, or will be again after a wait. */
  readonly #dialing = new Set<Peer>();
  #listener: RpcListener | undefined;
  /** Whoever dials from where a peer is, is no stranger. */
  readonly #ownHosts: OwnHosts;
  /** Connections that have not proved themselves yet. */
  readonly #proving: Strangers<RpcChannel>;
  #closed = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
    this.#strangerLog = strangerLogger(options.logger, options.clock);
    this.#ownHosts = new OwnHosts(() => this.#hosts(), options.clock);
    this.#proving = new Strangers(roomForStrangers(maxProving), (address) => this.#ownHosts.has(address));
  }

  async listen(address: RpcAddress): Promise<number> {
    this.#listener = await this.#options.transport.listen(
      address,
      (channel) => this.#onChannel(channel),
      (error, from) => this.#refused(error, from),
      (address) => this.#ownHosts.has(address),
    );
    return this.#listener.port;
  }

  get(id: string): Peer | undefined {
    return this.#peers.get(id);
  }

  all(): Iterable<Peer> {
    return this.#peers.values();
  }

  ofType(type: string): readonly Peer[] {
    return this.#byType.get(type) ?? [];
  }

  add(entry: PeerEntry): void {
    const known = this.#peers.get(entry.id);
    if (known?.entry.bootId === entry.bootId) {
      this.#renew(known, entry);
      return;
    }
    if (known) this.remove(known.id, known.entry.bootId);
    const peer = new Peer(entry, this.#options.limits, this.#left.get(entry.id));
    this.#left.delete(entry.id);
    this.#peers.set(entry.id, peer);
    this.#ownHosts.changed();
    this.#index(entry.type);
    for (const named of this.#strangers.get(lifeOf(entry)) ?? []) named();
    if (this.#dials(entry)) void this.#dial(peer, 0);
  }

  remove(id: string, bootId: string): void {
    const peer = this.#peers.get(id);
    if (peer?.entry.bootId !== bootId) return;
    this.#peers.delete(id);
    for (const [other, { atWork }] of this.#left) if (atWork === 0) this.#left.delete(other);
    if (peer.work.atWork > 0) this.#left.set(id, peer.work);
    this.#index(peer.entry.type);
    this.#cancelDial.get(peer)?.();
    this.#cancelDial.delete(peer);
    this.#dialing.delete(peer);
    const { connection } = peer;
    peer.connection = undefined;
    connection?.close();
    if (connection) this.#options.onDown(peer);
    peer.fail((method) => new PomeloError('PEER_LOST', { target: id, method }));
  }

  /** A connection ended by itself: its calls settle, and the dialing side dials again. */
  connectionClosed(connection: RpcConnection, error: Error | undefined): void {
    const peer = this.#peers.get(connection.peer.id);
    if (peer?.connection !== connection) return;
    this.#lose(peer, error);
    if (this.#dials(peer.entry)) void this.#dial(peer, 0);
  }

  #lose(peer: Peer, error: Error | undefined): void {
    peer.connection = undefined;
    const { logger, counters } = this.#options;
    const reason = error && reasonOf(error).slice(0, 500);
    if (error && isFault(error)) {
      counters.rpcFaults.add();
      logger.warn('What a server sent cannot be read: the connection to it was closed.', {
        serverId: peer.id,
        reason,
      });
    } else logger.debug(`connection to ${peer.id} closed`, reason === undefined ? undefined : { reason });
    counters.rpcLostConnections.add();
    peer.fail((method) => new PomeloError('PEER_LOST', { target: peer.id, method }));
    this.#options.onDown(peer);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([
      this.#listener?.close(),
      ...[...this.#peers.values()].map((peer) => this.remove(peer.id, peer.entry.bootId)),
    ]);
  }

  /** What is said of a known life has changed: who dials whom, perhaps, or where. */
  #renew(peer: Peer, entry: PeerEntry): void {
    peer.entry = entry;
    if (!peer.connection && !this.#dialing.has(peer) && this.#dials(entry)) void this.#dial(peer, 0);
  }

  *#hosts(): Iterable<string> {
    for (const { entry } of this.#peers.values()) yield entry.host;
  }

  #dials({ id, port, dial }: PeerEntry): boolean {
    if (port === undefined) return false;
    return this.#listener === undefined || (dial ?? this.#options.self.id < id);
  }

  #index(type: string): void {
    const peers = [...this.#peers.values()].filter((peer) => peer.entry.type === type);
    this.#byType.set(
      type,
      peers.sort((a, b) => (a.id < b.id ? -1 : 1)),
    );
  }

  async #dial(peer: Peer, attempt: number): Promise<void> {
    const { host, port = 0 } = peer.entry;
    this.#dialing.add(peer);
    try {
      const channel = await this.#options.transport.dial({ host, port }, connectTimeoutMs);
      this.#greet(channel, peer, attempt);
    } catch (error) {
      this.#missed(peer, attempt, error);
    }
  }

  #greet(channel: RpcChannel, peer: Peer, attempt: number): void {
    const { self, keys, limits, takes } = this.#options;
    const { id, bootId } = peer.entry;
    const { maxFrameBytes } = limits;
    const options = { self, timeoutMs: handshakeTimeoutMs, maxFrameBytes, takes };
    const known = keys();
    const key = known[attempt % known.length]!; // while the secret changes, the other end may not have been told yet
    dialHandshake(channel, { id, bootId }, key, options, {
      done: (proved) => {
        this.#dialing.delete(peer);
        this.#adopt(peer, proved);
      },
      failed: (error) => this.#missed(peer, attempt, error),
    });
  }

  #missed(peer: Peer, attempt: number, error: unknown): void {
    const { host, port, id } = peer.entry;
    this.#dialing.delete(peer);
    if (this.#peers.get(id) !== peer || peer.connection) return;
    this.#options.logger.debug(`dialing ${id} at ${hostPort(host, port ?? 0)} failed`, {
      reason: reasonOf(error),
    });
    peer.fail(() => new PomeloError('RPC_REFUSED', { target: id, reason: reasonOf(error) }));
    if (!this.#dials(peer.entry)) return;
    const again = () => void this.#dial(peer, attempt + 1);
    this.#dialing.add(peer);
    this.#cancelDial.set(peer, this.#options.clock.after(backOff(attempt, dialBackOff), again));
  }

  #adopt(peer: Peer, proved: ProvedChannel): void {
    if (this.#closed || this.#peers.get(peer.id) !== peer) {
      proved.channel.destroy();
      return;
    }
    const former = peer.connection;
    if (former) {
      // The peer came back before the end of its old connection was seen.
      this.#lose(peer, undefined);
      former.close();
    }
    this.#options.connect(proved, peer);
  }

  #onChannel(channel: RpcChannel): void {
    // So that idle strangers never keep out a peer: one that has a key proves it at once.
    this.#proving.add(channel, addressOf(channel))?.destroy();
    const { self, keys, limits, takes } = this.#options;
    const timeoutMs = handshakeTimeoutMs + strangerWaitMs;
    listenHandshake(
      channel,
      (name) => keys().find((key) => key.name === name)?.key,
      (peer) => this.#admit(peer),
      { self, timeoutMs, maxFrameBytes: limits.maxFrameBytes, takes },
      {
        done: (proved) => {
          this.#proving.proved(channel);
          const peer = this.#peers.get(proved.peer.id);
          if (peer?.entry.bootId === proved.peer.bootId) this.#adopt(peer, proved);
          else proved.channel.destroy();
        },
        failed: (error) => {
          this.#proving.delete(channel);
          this.#refused(error, channel.remote);
        },
      },
    );
  }

  #refused(error: Error, from: string): void {
    this.#options.counters.rpcRefusedConnections.add();
    this.#strangerLog.warn('An RPC connection was refused.', { from, error });
  }

  /** Resolves once the registry names this life of the peer. */
  async #admit(identity: HandshakeIdentity): Promise<void> {
    if (this.#peers.get(identity.id)?.entry.bootId === identity.bootId) return;
    const key = lifeOf(identity);
    const waiting = this.#strangers.get(key) ?? new Set();
    this.#strangers.set(key, waiting);
    await new Promise<void>((resolve, reject) => {
      const named = (): void => {
        cancel();
        forget();
        resolve();
      };
      const forget = (): void => {
        waiting.delete(named);
        if (waiting.size === 0) this.#strangers.delete(key);
      };
      const cancel = this.#options.clock.after(strangerWaitMs, () => {
        forget();
        const { id: target } = this.#options.self;
        reject(new PomeloError('RPC_REFUSED', { target, reason: `${key} is not in the cluster` }));
      });
      waiting.add(named);
    });
  }
}

/** Whether a connection was closed for what came on it. */
const isFault = (error: Error): boolean =>
  isPomeloError(error, 'FRAME_INVALID') || isPomeloError(error, 'FRAME_TOO_LARGE');

/** Without the port. */
const addressOf = ({ remote }: RpcChannel): string => hostIn(remote);

function lifeOf({ id, bootId }: HandshakeIdentity): string {
  return `${id} of boot ${bootId}`;
}
