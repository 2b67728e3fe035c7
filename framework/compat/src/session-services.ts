import { type Application, isPomeloError, type Session, type Uid } from '@pomelo-ts/core';
import { BackendSession, type SessionFacts, type SessionTable } from '@pomelo-ts/core/internal';
import { tell } from './callback.js';
import { OldSession } from './old-session.js';
import { unsupported } from './unsupported.js';

/** Splits pomelo's optional `reason` from the callback behind it. */
function reasonAnd(reason: unknown, callback: unknown): [reason: string | undefined, callback: unknown] {
  if (typeof reason === 'function') return [undefined, reason];
  return [reason === undefined || reason === null ? undefined : String(reason), callback];
}

/** The sessions of a frontend: what `app.get('sessionService')` gives there. */
export class OldSessionService {
  readonly #app: Application;
  readonly #shown = new WeakMap<Session, OldSession>();

  constructor(app: Application) {
    this.#app = app;
  }

  get(sessionId: number): OldSession | undefined {
    return this.#show(this.#table.get(sessionId));
  }

  getByUid(uid: unknown): OldSession[] | undefined {
    const sessions = this.#table.ofUid(uid as Uid)?.sessions;
    return sessions && [...sessions].map((session) => this.#show(session)!);
  }

  /** Closes the sessions of a uid on this frontend. */
  kick(uid: unknown, reason?: unknown, callback?: unknown): Promise<void> {
    const [why = 'kick', done] = reasonAnd(reason, callback);
    return tell(
      this.#do(() => void this.#table.kickUid(uid as Uid, why)),
      done,
    );
  }

  kickBySessionId(sessionId: number, reason?: unknown, callback?: unknown): Promise<void> {
    const [why, done] = reasonAnd(reason, callback);
    return tell(
      this.#do(() => this.#table.get(sessionId)?.kick(why)),
      done,
    );
  }

  bind(sessionId: number, uid: unknown, callback?: unknown): Promise<void> {
    return tell(
      this.#do(() => this.#need(sessionId).bind(uid)),
      callback,
    );
  }

  unbind(sessionId: number, uid: unknown, callback?: unknown): Promise<void> {
    return tell(
      this.#do(() => this.#need(sessionId).unbind(uid)),
      callback,
    );
  }

  import(sessionId: number, key: string, value: unknown, callback?: unknown): Promise<void> {
    return this.importAll(sessionId, { [key]: value }, callback);
  }

  importAll(sessionId: number, settings: Readonly<Record<string, unknown>>, callback?: unknown) {
    return tell(
      this.#do(() => this.#need(sessionId).set(settings)),
      callback,
    );
  }

  getClientAddressBySessionId(sessionId: number): { ip: string; port: number } | null {
    return this.get(sessionId)?.remoteAddress ?? null;
  }

  /** @throws OLD_APP_UNSUPPORTED: what it sent were bytes of the wire format */
  sendMessage(): never {
    throw unsupported('sessionService.sendMessage', 'use channelService.pushMessageByUids');
  }

  /** @throws OLD_APP_UNSUPPORTED */
  sendMessageByUid(): never {
    throw unsupported('sessionService.sendMessageByUid', 'use channelService.pushMessageByUids');
  }

  forEachSession(fn: (session: OldSession) => unknown): void {
    for (const session of [...this.#table.all()]) fn(this.#show(session)!);
  }

  forEachBindedSession(fn: (session: OldSession) => unknown): void {
    this.forEachSession((session) => session.uid !== undefined && fn(session));
  }

  getSessionsCount(): number {
    return this.#table.size;
  }

  akick = (uid: unknown, reason?: string) => this.kick(uid, reason);
  akickBySessionId = (sessionId: number, reason?: string) => this.kickBySessionId(sessionId, reason);
  abind = (sessionId: number, uid: unknown) => this.bind(sessionId, uid);
  aunbind = (sessionId: number, uid: unknown) => this.unbind(sessionId, uid);
  aimport = (sessionId: number, key: string, value: unknown) => this.import(sessionId, key, value);
  aimportAll = (sessionId: number, settings: Readonly<Record<string, unknown>>) =>
    this.importAll(sessionId, settings);

  get #table(): SessionTable {
    return this.#app.sessions.local!;
  }

  #show(session: Session | undefined): OldSession | undefined {
    if (!session) return undefined;
    const shown = this.#shown.get(session) ?? new OldSession(session, true);
    this.#shown.set(session, shown);
    return shown;
  }

  #need(sessionId: number): OldSession {
    const session = this.get(sessionId);
    if (session) return session;
    throw new Error(`session ${sessionId} does not exist on ${this.#app.serverId}`);
  }

  async #do(fn: () => unknown): Promise<void> {
    await fn();
  }
}

/** Sessions of other servers: what `app.get('backendSessionService')` gives. */
export class OldBackendSessionService {
  readonly #app: Application;

  constructor(app: Application) {
    this.#app = app;
  }

  /** Gives the session; nothing when the frontend has none of this id. */
  get(frontendId: string, sessionId: number, callback?: unknown): Promise<OldSession | undefined> {
    const found = this.#ask(frontendId, 'get', sessionId) as Promise<SessionFacts | null>;
    return tell(
      found.then((facts) => (facts ? this.#show(frontendId, facts) : undefined)),
      callback,
    );
  }

  /** Gives the sessions of a uid; nothing when the frontend has none. */
  getByUid(frontendId: string, uid: unknown, callback?: unknown): Promise<OldSession[] | undefined> {
    const found = this.#ask(frontendId, 'ofUid', uid) as Promise<SessionFacts[]>;
    return tell(
      found.then((all) => (all.length > 0 ? all.map((facts) => this.#show(frontendId, facts)) : undefined)),
      callback,
    );
  }

  kickBySid(frontendId: string, sessionId: number, reason?: unknown, callback?: unknown) {
    const [why = 'kick', done] = reasonAnd(reason, callback);
    // One that has ended is as good as kicked.
    const kicked = this.#ask(frontendId, 'kick', sessionId, why).catch((error: unknown) => {
      if (!isPomeloError(error, 'SESSION_GONE')) throw error;
    });
    return tell(kicked, done);
  }

  kickByUid(frontendId: string, uid: unknown, reason?: unknown, callback?: unknown) {
    const [why = 'kick', done] = reasonAnd(reason, callback);
    return tell(this.#ask(frontendId, 'kickUid', uid, why), done);
  }

  bind(frontendId: string, sessionId: number, uid: unknown, callback?: unknown) {
    return tell(this.#ask(frontendId, 'bind', sessionId, uid), callback);
  }

  unbind(frontendId: string, sessionId: number, _uid: unknown, callback?: unknown) {
    return tell(this.#ask(frontendId, 'unbind', sessionId), callback);
  }

  push(frontendId: string, sessionId: number, key: string, value: unknown, callback?: unknown) {
    return this.pushAll(frontendId, sessionId, { [key]: value }, callback);
  }

  pushAll(
    frontendId: string,
    sessionId: number,
    settings: Readonly<Record<string, unknown>>,
    callback?: unknown,
  ) {
    return tell(this.#ask(frontendId, 'push', sessionId, settings), callback);
  }

  aget = (frontendId: string, sessionId: number) => this.get(frontendId, sessionId);
  agetByUid = (frontendId: string, uid: unknown) => this.getByUid(frontendId, uid);
  akickBySid = (frontendId: string, sessionId: number, reason?: string) =>
    this.kickBySid(frontendId, sessionId, reason);
  akickByUid = (frontendId: string, uid: unknown, reason?: string) => this.kickByUid(frontendId, uid, reason);

  #ask(frontendId: string, method: string, ...args: unknown[]): Promise<unknown> {
    return this.#app.sessions.ask(frontendId, `sys.session.${method}`, ...args);
  }

  #show(frontendId: string, { id, number, ...snapshot }: SessionFacts): OldSession {
    const session = new BackendSession({ id, number }, frontendId, (frontend, method, args) =>
      this.#app.sessions.ask(frontend, method, ...args),
    );
    session.update(snapshot, -1);
    return new OldSession(session);
  }
}
