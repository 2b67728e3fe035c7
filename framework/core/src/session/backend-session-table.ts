import { type Clock, isPomeloError, type Logger } from '@pomelo-ts/common';
import type { CoreMeasures } from '../measures.js';
import type { SessionSnapshot } from '../session.js';
import { BackendSession, type SessionCall } from './backend-session.js';
import { EndedSessions } from './ended-sessions.js';
import { FrontendLife, sessionRoom } from './frontend-life.js';
import { MovingSessions } from './moving-sessions.js';
import { type AnyEndListener, type SessionEnd, SessionEnds } from './session-end.js';
import type { SessionName } from './session-ids.js';
import { SessionRooms } from './session-rooms.js';

/** Which sessions live, of those whose numbers are from `from` to `to`. */
export interface AliveSessions {
  readonly from: number;
  readonly to: number;
  readonly numbers: readonly number[];
}

/** A session as the frontend names it that says to hold it. */
export interface ToldSession extends SessionName {
  /** How often it had moved when it came there: of two frontends that say to hold it, the one that says more is right. */
  readonly moves: number;
}

/** A session of a server that is a frontend itself, which has moved on from there. */
export interface LeftSession extends ToldSession {
  readonly end: SessionEnd;
  readonly version: number;
  snapshot(): SessionSnapshot;
}

/** All sessions that this backend holds state for. */
export class BackendSessionTable {
  readonly #serverId: string;
  readonly #frontends = new Map<string, FrontendLife>();
  readonly #byId = new Map<string, BackendSession>();
  readonly #moving: MovingSessions;
  readonly #ended: EndedSessions;
  readonly #call: SessionCall;
  readonly #ends: SessionEnds<BackendSession>;
  readonly #rooms: SessionRooms;
  readonly #counters: CoreMeasures;

  constructor(options: {
    serverId: string;
    call: SessionCall;
    /** Who wants to hear of every session's end. */
    listeners: readonly AnyEndListener[];
    clock: Clock;
    counters: CoreMeasures;
    logger: Logger;
  }) {
    this.#serverId = options.serverId;
    this.#call = options.call;
    this.#moving = new MovingSessions(options.clock, (session) => this.#lose(session));
    this.#ended = new EndedSessions(options.clock);
    this.#ends = new SessionEnds(options);
    this.#counters = options.counters;
    this.#rooms = new SessionRooms(options);
  }

  get size(): number {
    return this.#byId.size;
  }

  /** The session, when this backend has seen this version of it. */
  find(frontendId: string, bootId: string, number: number, version: number): BackendSession | undefined {
    const life = this.#frontends.get(frontendId);
    if (life?.bootId !== bootId) return undefined;
    const session = life.sessions.get(number);
    if (!session || session.closed) return undefined;
    // What a former frontend has forwarded before the session moved on is of a version that is over.
    return session.version === version || !life.holds(session) ? session : undefined;
  }

  /**
   * Takes over a snapshot, which has come in so many bytes; gives the session, nothing when it has ended at a later frontend.
   *
   * @throws SESSIONS_FULL when the frontend has no room for it
   */
  update(
    frontendId: string,
    bootId: string,
    told: ToldSession,
    version: number,
    snapshot: SessionSnapshot,
    bytes: number,
  ): BackendSession | undefined {
    const session = this.#at(frontendId, bootId, told, bytes);
    if (session && (!session.seen || this.#isOf(session, frontendId, told)))
      session.update(snapshot, version);
    return session;
  }

  /**
   * Notes that this version of the session could not be read: its requests fail with `error` until there is another one,
   * and nobody else's.
   *
   * @throws SESSIONS_FULL
   */
  unreadable(
    frontendId: string,
    bootId: string,
    told: ToldSession,
    version: number,
    error: Error,
  ): BackendSession | undefined {
    const session = this.#at(frontendId, bootId, told);
    if (!session || !this.#isOf(session, frontendId, told)) return session;
    session.version = version;
    session.unreadable = error;
    return session;
  }

  /** The frontend says that it has a session that has moved there, which another one had before. Without room for it that session is lost. */
  taken(frontendId: string, bootId: string, told: ToldSession): void {
    try {
      this.#at(frontendId, bootId, told);
    } catch (error) {
      if (!isPomeloError(error, 'SESSIONS_FULL')) throw error;
    }
  }

  /** The frontend says that the session has moved on, for the `moves`th time: from here on it knows nothing of it. */
  movedOn(frontendId: string, bootId: string, number: number, moves: number): void {
    const [life, session] = this.#found(frontendId, bootId, number);
    if (!session) return;
    if (!life.holds(session) || session.number !== number) {
      life.dropLate(session);
      return;
    }
    if (moves <= session.moves) return;
    life.sessions.delete(number);
    this.#moving.add(session);
  }

  /** The frontend says that the session has ended; of one that has moved on since that is late word, and changes nothing. */
  close(frontendId: string, bootId: string, number: number, reason: string): void {
    const [life, session] = this.#found(frontendId, bootId, number);
    if (!session) return;
    if (life.holds(session) && session.number === number) this.#end(session, reason);
    else life.dropLate(session);
  }

  /** The frontend lists its sessions, after a broken connection: all others in that range of numbers have ended meanwhile. */
  keepOnly(frontendId: string, bootId: string, { from, to, numbers }: AliveSessions): void {
    const life = this.#frontends.get(frontendId);
    if (life?.bootId !== bootId) return;
    const alive = new Set(numbers);
    for (const number of life.sessions.keys())
      if (number >= from && number <= to && !alive.has(number))
        this.close(frontendId, bootId, number, 'disconnected');
  }

  /** A frontend has left the cluster, and all its sessions with it. */
  frontendGone(frontendId: string, bootId: string): void {
    const life = this.#frontends.get(frontendId);
    if (life?.bootId !== bootId) return;
    this.#frontends.delete(frontendId);
    for (const session of life.sessions.values())
      if (life.holds(session)) this.#end(session, 'frontend gone');
      else life.dropLate(session);
  }

  /** A session of this server itself has moved on: from now on this server knows it as any backend does. */
  follow(left: LeftSession): BackendSession {
    const known = this.#byId.get(left.id);
    const session = known ?? new BackendSession(left, this.#serverId, this.#call);
    session.end = left.end;
    if (!session.seen) session.update(left.snapshot(), left.version);
    if (known) return known;
    session.moves = left.moves;
    this.#byId.set(left.id, session);
    this.#moving.add(session);
    return session;
  }

  /** A session that this server knew as a backend has moved here: gives its end, if there is one to go on with. */
  release(id: string): SessionEnd | undefined {
    const session = this.#byId.get(id);
    if (session) this.#forget(session);
    return session?.end;
  }

  stop(): void {
    this.#moving.stop();
  }

  /** The session that a frontend calls so. */
  #found(
    frontendId: string,
    bootId: string,
    number: number,
  ): [FrontendLife, BackendSession] | [undefined, undefined] {
    const life = this.#frontends.get(frontendId);
    const session = life?.bootId === bootId ? life.sessions.get(number) : undefined;
    return session ? [life!, session] : [undefined, undefined];
  }

  /** Whether the frontend that tells of the session holds it, and speaks of now. */
  #isOf(session: BackendSession, frontendId: string, told: ToldSession): boolean {
    return session.moves === told.moves && this.#frontends.get(frontendId)?.holds(session) === true;
  }

  /**
   * The session that a frontend speaks of: a new one, or one that has moved there; late word of a former frontend changes nothing.
   *
   * @param snapshotBytes of a new snapshot; without one the session keeps what it has
   */
  #at(
    frontendId: string,
    bootId: string,
    told: ToldSession,
    snapshotBytes?: number,
  ): BackendSession | undefined {
    const life = this.#life(frontendId, bootId);
    const known = this.#byId.get(told.id);
    const { each } = sessionRoom;
    const bytes = snapshotBytes === undefined ? Math.max(each, known?.bytes ?? 0) : each + snapshotBytes;
    if (known && life.holds(known) && known.number === told.number && known.moves === told.moves) {
      this.#rooms.check(life, life, bytes - known.bytes);
      life.put(known, told.number, bytes);
      return known;
    }
    if (known && told.moves <= known.moves) return this.#late(life, known, told, snapshotBytes ?? 0);
    if (!known && told.moves <= this.#ended.movesOf(told.id)) return undefined;
    this.#rooms.check(life, life, bytes);
    this.#free(life, told.number, known);
    if (known) this.#leave(known);
    const session = known ?? new BackendSession(told, frontendId, this.#call);
    session.moves = told.moves;
    if (told.moves > 0) this.#counters.sessionMoves.add();
    this.#byId.set(told.id, session);
    life.put(session, told.number, bytes);
    return session;
  }

  /** A former frontend speaks of a session that is somewhere else: what it forwards without a snapshot is to find it, too. */
  #late(
    life: FrontendLife,
    session: BackendSession,
    { number }: ToldSession,
    snapshotBytes: number,
  ): BackendSession {
    if (life.holds(session)) return session;
    this.#rooms.check(life, life, sessionRoom.each);
    if (!session.seen && session.room) {
      this.#rooms.check(life, session.room, snapshotBytes);
      session.count(snapshotBytes);
    }
    this.#free(life, number, session);
    life.putLate(session, number);
    return session;
  }

  /** The frontend has another session by that number now. */
  #free(
    { sessions, frontendId, bootId }: FrontendLife,
    number: number,
    next: BackendSession | undefined,
  ): void {
    const former = sessions.get(number);
    if (former && former !== next) this.close(frontendId, bootId, number, 'disconnected');
  }

  #life(frontendId: string, bootId: string): FrontendLife {
    const life = this.#frontends.get(frontendId);
    if (life?.bootId === bootId) return life;
    if (life) this.frontendGone(frontendId, life.bootId);
    const begun = new FrontendLife(frontendId, bootId);
    this.#frontends.set(frontendId, begun);
    return begun;
  }

  /** The session is with the frontend no more that had it; what that has forwarded before still finds it. */
  #leave(session: BackendSession): void {
    const life = this.#frontends.get(session.frontendId);
    this.#moving.delete(session);
    session.leaveRoom();
    if (life?.holds(session)) life.putLate(session, session.number);
  }

  /** Nothing of the session is kept, but how often it had moved. */
  #forget(session: BackendSession): void {
    const life = this.#frontends.get(session.frontendId);
    if (life?.holds(session)) life.sessions.delete(session.number);
    session.leaveRoom();
    for (const former of session.late?.keys() ?? []) former.dropLate(session);
    this.#moving.delete(session);
    this.#byId.delete(session.id);
    if (session.moves > 0) this.#ended.add(session.frontendId, session.id, session.moves);
  }

  /** No frontend has said in time that the session has moved there. */
  #lose(session: BackendSession): void {
    this.#counters.sessionLostMoves.add();
    this.#end(session, 'lost on the move');
  }

  #end(session: BackendSession, reason: string): void {
    this.#forget(session);
    session.settle();
    this.#ends.tell(session, reason);
  }
}
