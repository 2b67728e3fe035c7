import { PomeloError } from '@pomelo-ts/common';
import type { CallTimes } from '../measures.js';
import { frameType } from '../wire/frame-type.js';
import { FrameWriter } from '../wire/frame-writer.js';
import { type TraceParent, tracePartBytes } from '../wire/trace-parent.js';
import type { AtWork, RpcConnection } from './connection.js';
import { type CallSettler, maxPendingLimit, PendingTable } from './pending-table.js';

/** A server that calls can go to. */
export interface PeerEntry {
  readonly id: string;
  readonly bootId: string;
  readonly type: string;
  readonly host: string;
  /** Absent for a server that only calls and is never dialed. */
  readonly port?: number;
  /** Whether this node dials it, rather than waiting to be dialed. @default whether its id is the larger one */
  readonly dial?: boolean;
  /** Share in weighted routing. @default 1 */
  readonly weight?: number;
}

/** Bounds on what may wait for one peer. */
export interface PeerLimits {
  readonly maxPending: number;
  readonly maxQueueBytes: number;
  /** Longest frame that the other end accepts. */
  readonly maxFrameBytes: number;
}

/** Room that only control frames may take once `maxQueueBytes` wait: this share of it, and at least so many bytes. */
const controlShare = 1 / 16;
const leastControlBytes = 64 * 1024;
/** A queue up to this share of `maxQueueBytes` is nobody's concern. */
const roomyShare = 1 / 4;
/** One of many may always have these bytes in the queue while there is any room. */
const leastByteShare = 1024;

/** One known server: its connection when there is one, the frames that wait for it, the calls that wait for answers. */
export class Peer {
  /** As last told. */
  entry: PeerEntry;
  readonly calls = new PendingTable();
  connection: RpcConnection | undefined;
  /** The times of calls of servers of its type; looked up with the first one. */
  times: CallTimes | undefined;
  /** What works here for it, also what connections and lives before have left at work. */
  readonly work: AtWork;
  readonly #limits: PeerLimits;
  #backlog = new FrameWriter();
  /** Most bytes that may wait when a control frame comes. */
  readonly #maxControlBytes: number;
  /** While a control frame waits for room nothing else is taken, so that it is never overtaken. */
  #refusedControl = false;

  constructor(entry: PeerEntry, limits: PeerLimits, work: AtWork = { atWork: 0 }) {
    this.entry = entry;
    this.work = work;
    this.#limits = limits;
    const { maxQueueBytes } = limits;
    this.#maxControlBytes = maxQueueBytes + Math.max(leastControlBytes, maxQueueBytes * controlShare);
  }

  get id(): string {
    return this.entry.id;
  }

  get weight(): number {
    return this.entry.weight ?? 1;
  }

  /** Calls that wait for an answer of this peer. */
  get pending(): number {
    return this.calls.size;
  }

  /** Calls that may be added until there are as many as may wait. */
  get freePlaces(): number {
    return this.#limits.maxPending - this.calls.size;
  }

  /**
   * How many places one of many may have now: an eighth of all while all are free, and less with the cube of what is free, so
   * that whoever comes after many who took as much as they could still finds a place: it takes over a thousand of them to
   * fill ten thousand. The last sixteenth is for servers' own calls.
   */
  get share(): number {
    const { maxPending } = this.#limits;
    const most = maxPending - Math.floor(maxPending / 16);
    return shareOf(most - this.calls.size, most, 1);
  }

  /** Whether so much waits to leave for it that those who send share the room that is left. */
  get crowded(): boolean {
    return this.queuedBytes > this.#limits.maxQueueBytes * roomyShare;
  }

  /** How many bytes one of many may have in the queue now that it is crowded; see {@link share}. */
  get byteShare(): number {
    const { maxQueueBytes } = this.#limits;
    return shareOf(maxQueueBytes - this.queuedBytes, maxQueueBytes * (1 - roomyShare), leastByteShare);
  }

  /** How many calls whose answer nobody wants may be aside; see {@link PendingTable.setAside}. */
  get maxAside(): number {
    const { maxPending } = this.#limits;
    return Math.min(maxPending, maxPendingLimit + 1 - maxPending);
  }

  /** Gives back the places of calls whose answers nobody wants. */
  setAside(): void {
    if (this.calls.someAbandoned) this.calls.setAside(this.maxAside);
  }

  /** The buffer that {@link open} reserved space in. */
  get buffer(): Buffer {
    return this.connection ? this.connection.buffer : this.#backlog.buffer;
  }

  /**
   * Reserves a frame, to be sent at the end of the tick or as soon as there is a connection. Its trace is told to a peer that takes that,
   * where the frame does not get too long by it.
   */
  open(type: number, bodyBytes: number, trace?: TraceParent): number {
    if (trace !== undefined && this.connection?.takesTraces) {
      if (1 + tracePartBytes + bodyBytes <= this.#limits.maxFrameBytes)
        return this.connection.openTraced(type, bodyBytes, trace);
    }
    return this.connection ? this.connection.open(type, bodyBytes) : this.#backlog.open(type, bodyBytes);
  }

  /**
   * Reserves a raw request whose answer goes to `settler`.
   *
   * @returns the offset in {@link buffer} for `bodyBytes` of content, or -1 when the peer is overloaded or the frame too
   * long, and the settler has been told so.
   */
  openRawRequest(
    kind: number,
    bodyBytes: number,
    settler: CallSettler,
    deadline: number,
    trace?: TraceParent,
  ): number {
    if (!this.admit(settler, 6 + bodyBytes)) return -1;
    const at = this.open(frameType.rawRequest, 5 + bodyBytes, trace);
    const { buffer } = this;
    buffer.writeUInt32BE(this.calls.add(settler, deadline), at);
    buffer[at + 4] = kind;
    return at + 5;
  }

  /** Reserves a raw frame that wants no answer; -1 when it is too long or too much waits for this peer already. */
  openRawNotify(kind: number, bodyBytes: number, trace?: TraceParent): number {
    const { maxQueueBytes, maxFrameBytes } = this.#limits;
    if (this.queuedBytes > maxQueueBytes || this.#refusedControl || 2 + bodyBytes > maxFrameBytes) return -1;
    const at = this.open(frameType.rawNotify, 1 + bodyBytes, trace);
    this.buffer[at] = kind;
    return at + 1;
  }

  /**
   * Reserves a raw frame of what both ends must agree on, such as who is in a channel. It has room of its own when too much
   * waits for an ordinary frame. -1 when that is taken too, or there is no connection: the caller keeps what it had to say,
   * and says it at `peerDrained` or `peerOpening`, whichever comes.
   */
  openRawControl(kind: number, bodyBytes: number): number {
    if (!this.connection) return -1;
    if (this.queuedBytes > this.#maxControlBytes) {
      this.#refusedControl = true;
      return -1;
    }
    const at = this.open(frameType.rawNotify, 1 + bodyBytes);
    this.buffer[at] = kind;
    return at + 1;
  }

  /** Whether a control frame was refused and there is room again; true once. */
  takeDrained(): boolean {
    if (!this.#refusedControl || this.queuedBytes > this.#limits.maxQueueBytes) return false;
    this.#refusedControl = false;
    return this.connection !== undefined;
  }

  /** Whether one more call may wait; otherwise the settler is told RPC_OVERLOADED or RPC_UNSERIALIZABLE. */
  admit(settler: CallSettler, frameBytes: number): boolean {
    const { maxPending, maxQueueBytes, maxFrameBytes } = this.#limits;
    if (frameBytes > maxFrameBytes) {
      settler.settleError(tooLong(settler.method, frameBytes, maxFrameBytes));
      return false;
    }
    if (this.calls.size < maxPending && this.queuedBytes <= maxQueueBytes && !this.#refusedControl)
      return true;
    settler.settleError(
      new PomeloError('RPC_OVERLOADED', { count: this.calls.size, target: this.id, limit: maxPending }),
    );
    return false;
  }

  /** Bytes that wait to leave for this peer. */
  get queuedBytes(): number {
    return this.connection ? this.connection.queuedBytes : this.#backlog.length;
  }

  /** The frames that waited for a connection; the peer begins anew for the next time without. */
  takeBacklog(): Buffer {
    const frames = this.#backlog.take();
    this.#refusedControl = false;
    this.#backlog = new FrameWriter();
    return frames;
  }

  /** Drops what waits to leave and settles every call with the error that `errorFor` makes. */
  fail(errorFor: (method: string) => Error): void {
    if (this.#backlog.length > 0) this.#backlog = new FrameWriter();
    this.#refusedControl = false;
    for (const settler of this.calls.takeAll()) settler.settleError(errorFor(settler.method));
  }
}

function shareOf(free: number, most: number, least: number): number {
  return free > 0 ? Math.max(least, (free * free * free) / (most * most * 8)) : 0;
}

/** The error of a call or answer that the other end would close the connection for. */
export function tooLong(method: string, bytes: number, limit: number): PomeloError {
  const reason = `it takes a frame of ${bytes} bytes; rpc.maxFrameBytes is ${limit}`;
  return new PomeloError('RPC_UNSERIALIZABLE', { method, reason });
}
