import { isPomeloError } from '@pomelo-ts/common';
import type { Session, SessionSnapshot } from '../session.js';
import type { Uid } from '../session-names.js';
import type { AtWork } from './at-work.js';
import type { FrontendLife } from './frontend-life.js';
import { type EndListener, SessionEnd } from './session-end.js';
import type { SessionName } from './session-ids.js';
import { checkSetting } from './setting.js';
import { checkName, checkUid } from './uid.js';

/** Version of a session that nothing is known of but that there is one. */
const neverSeen = -1;
/** Frontends that one call is made to at most, as the session moves on each time. */
const mostAsked = 4;

/** Calls the frontend that holds a session. */
export type SessionCall = (frontendId: string, method: string, args: readonly unknown[]) => Promise<unknown>;

/** A backend's view of a session, kept until its end; what changes it goes through its frontend. */
export class BackendSession implements Session {
  readonly id: string;
  /** What the frontend calls it that holds it. */
  number: number;
  frontendId: string;
  /** The life of that frontend; empty while the session is on its way to another one. */
  bootId = '';
  /** How often it had moved when it came there. */
  moves = 0;
  /** Version of the snapshot that this view shows. */
  version = neverSeen;
  /** Why this version of it could not be read; undefined when it could. */
  unreadable: Error | undefined;
  /** Backends that it is never sent to; see `AvoidedBackends`. */
  avoids: readonly string[] = [];
  uid: Uid | undefined;
  remoteAddress = '';
  end = new SessionEnd();
  /** Handlers at work for its notifies. */
  notifies = 0;
  /** The connection that its newest message came by. */
  work: AtWork | undefined;
  /** Where it counts so many bytes: also while it is on its way from there. */
  room: FrontendLife | undefined;
  bytes = 0;
  /** By which number each of its former frontends finds it still. */
  late: Map<FrontendLife, number> | undefined;
  readonly #call: SessionCall;
  #settings: Readonly<Record<string, unknown>> = {};
  /** What was set here and not pushed yet. */
  #unpushed: Map<string, unknown> | undefined;
  /** Settles when the session is somewhere again, or has ended. */
  #move: { readonly over: Promise<void>; readonly settle: () => void } | undefined;

  constructor({ id, number }: SessionName, frontendId: string, call: SessionCall) {
    this.id = id;
    this.number = number;
    this.frontendId = frontendId;
    this.#call = call;
  }

  get closed(): boolean {
    return this.end.hasCome;
  }

  /** Whether a frontend has told what it knows of it. */
  get seen(): boolean {
    return this.version !== neverSeen;
  }

  /** What the frontend knows; what is not pushed yet is not among it. */
  get settings(): Readonly<Record<string, unknown>> {
    return this.#settings;
  }

  get<T = unknown>(key: string): T | undefined {
    if (this.#unpushed?.has(key)) return this.#unpushed.get(key) as T;
    return Object.hasOwn(this.#settings, key) ? (this.#settings[key] as T) : undefined;
  }

  set(key: string, value: unknown): void {
    checkName(key, 'a key of a session');
    checkSetting(key, value);
    this.#unpushed ??= new Map();
    this.#unpushed.set(key, value);
  }

  async bind(value: Uid): Promise<void> {
    const uid = checkUid(value);
    await this.#ask('bind', uid);
    this.uid = uid;
  }

  async unbind(): Promise<void> {
    await this.#ask('unbind');
    this.uid = undefined;
  }

  async push(...keys: string[]): Promise<void> {
    const all = this.#unpushed ?? new Map<string, unknown>();
    const changed =
      keys.length === 0 ? [...all] : keys.filter((key) => all.has(key)).map((key) => [key, all.get(key)]);
    const settings = Object.fromEntries(changed) as Record<string, unknown>;
    await this.#ask('push', settings);
    this.#settings = { ...this.#settings, ...settings };
    for (const key of Object.keys(settings)) {
      if (all.get(key) === settings[key]) all.delete(key);
    }
  }

  async kick(reason = 'kick'): Promise<void> {
    try {
      if (!this.closed) await this.#ask('kick', reason);
    } catch (error) {
      if (!isPomeloError(error, 'SESSION_GONE')) throw error;
    }
  }

  onClosed(listener: EndListener): void {
    this.end.listen(listener);
  }

  /** Takes over what the frontend says of the session. */
  update(snapshot: SessionSnapshot, version: number): void {
    this.version = version;
    this.unreadable = undefined;
    this.uid = snapshot.uid ?? undefined;
    this.remoteAddress = snapshot.address;
    this.avoids = snapshot.avoids ?? [];
    this.#settings = snapshot.settings;
  }

  /** Its frontend has given it away, and no other one has said yet to have it. */
  beginMove(): void {
    this.bootId = '';
    this.#move ??= unsettled();
  }

  /** It is at this frontend now, by this number. */
  moveTo({ frontendId, bootId }: { readonly frontendId: string; readonly bootId: string }, number: number) {
    this.frontendId = frontendId;
    this.bootId = bootId;
    this.number = number;
    this.settle();
  }

  /** It counts so much more. */
  count(bytes: number): void {
    this.bytes += bytes;
    if (this.room) this.room.bytes += bytes;
  }

  /** It counts nowhere any more. */
  leaveRoom(): void {
    this.count(-this.bytes);
    this.room = undefined;
  }

  /** What waits for it to be somewhere waits no more. */
  settle(): void {
    this.#move?.settle();
    this.#move = undefined;
  }

  /** Asks its frontend, and the next one where it has moved on meanwhile: a frontend says that before it says that it has the session no more. */
  async #ask(what: string, ...args: readonly unknown[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const { frontendId } = this;
      try {
        await this.#call(frontendId, `sys.session.${what}`, [this.id, ...args]);
        return;
      } catch (error) {
        if (isPomeloError(error, 'SESSION_GONE')) await this.#move?.over;
        if (attempt === mostAsked || this.frontendId === frontendId || this.closed) throw error;
      }
    }
  }
}

function unsettled(): { over: Promise<void>; settle: () => void } {
  let settle!: () => void;
  const over = new Promise<void>((resolve) => {
    settle = resolve;
  });
  return { over, settle };
}
