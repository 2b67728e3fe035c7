import type { Session, Uid } from '@pomelo-ts/core';
import { tell } from './callback.js';
import type { Anything } from './types.js';
import { unsupported } from './unsupported.js';

/** A session of core, with its number on its frontend, and whose settings can be seen as a whole. */
type CoreSession = Session & {
  readonly number: number;
  readonly settings: Readonly<Record<string, unknown>>;
};

/**
 * A session as pomelo's handlers know it: a copy of its settings, whose changes others see once they are pushed. `live` ones,
 * which a frontend's sessionService gives, change at once.
 */
export class OldSession {
  readonly #session: CoreSession;
  readonly #live: boolean;
  #settings: Record<string, Anything> | undefined;

  constructor(session: Session, live = false) {
    this.#session = session as CoreSession;
    this.#live = live;
  }

  /** A number as pomelo gives it: of this frontend's sessions one has it. */
  get id(): number {
    return this.#session.number;
  }

  get frontendId(): string {
    return this.#session.frontendId;
  }

  get uid(): Anything {
    return this.#session.uid;
  }

  /** The client's address; its port is not kept. */
  get remoteAddress(): { ip: string; port: number } {
    return { ip: this.#session.remoteAddress, port: 0 };
  }

  get isOnline(): boolean {
    return !this.#session.closed;
  }

  /** All settings; changing this object changes what `push` sends. */
  get settings(): Record<string, Anything> {
    this.#settings ??= { ...this.#session.settings };
    return this.#settings;
  }

  /** @internal the session that this one shows */
  get core(): Session {
    return this.#session;
  }

  get(key: string): Anything {
    return this.#live ? this.#session.get(key) : this.settings[key];
  }

  set(key: string | Readonly<Record<string, unknown>>, value?: unknown): void {
    const changes = typeof key === 'string' ? { [key]: value } : key;
    for (const [name, changed] of Object.entries(changes)) {
      this.settings[name] = changed;
      if (this.#live) this.#session.set(name, changed);
    }
  }

  remove(key: string): void {
    this.set(key, undefined);
    delete this.settings[key];
  }

  bind(uid: unknown, callback?: unknown): Promise<void> {
    return tell(this.#session.bind(uid as Uid), callback);
  }

  unbind(uid: unknown, callback?: unknown): Promise<void> {
    return tell(this.#unbind(uid), callback);
  }

  push(key: string, callback?: unknown): Promise<void> {
    return tell(this.#push([key]), callback);
  }

  /** Pushes what has changed here, and values that are objects, whose changes nobody can see. */
  pushAll(callback?: unknown): Promise<void> {
    const known = this.#session.settings;
    const changed = Object.entries(this.settings).filter(
      ([key, value]) => value !== known[key] || (typeof value === 'object' && value !== null),
    );
    return tell(this.#push(changed.map(([key]) => key)), callback);
  }

  abind = (uid: unknown): Promise<void> => this.bind(uid);
  aunbind = (uid: unknown): Promise<void> => this.unbind(uid);
  apush = (key: string): Promise<void> => this.push(key);
  apushAll = (): Promise<void> => this.pushAll();

  /** Calls `listener` with the session and a reason when its connection has ended. */
  on(event: string, listener: (session: OldSession, reason: string) => unknown): this {
    if (event !== 'closed')
      throw unsupported(
        `session.on('${event}')`,
        "sessions tell 'closed' only; listen for binds on app.event",
      );
    this.#session.onClosed((reason) => listener(new OldSession(this.#session, true), reason));
    return this;
  }

  once(event: string, listener: (session: OldSession, reason: string) => unknown): this {
    return this.on(event, listener);
  }

  /** Closes the connection; a text is told to the client. */
  closed(reason?: unknown): void {
    void this.#session.kick(typeof reason === 'string' ? reason : undefined);
  }

  /** @throws OLD_APP_UNSUPPORTED: what it sent were bytes of the wire format */
  send(): never {
    throw unsupported('session.send', 'use channelService.pushMessageByUids');
  }

  /** @throws OLD_APP_UNSUPPORTED */
  sendBatch(): never {
    throw unsupported('session.sendBatch', 'use channelService.pushMessageByUids');
  }

  export(): { id: number; frontendId: string; uid: Anything; settings: Record<string, Anything> } {
    const { id, frontendId, uid, settings } = this;
    return { id, frontendId, uid, settings: { ...settings } };
  }

  toFrontendSession(): OldSession {
    return new OldSession(this.#session);
  }

  toJSON(): object {
    return this.export();
  }

  async #unbind(uid: unknown): Promise<void> {
    if (uid !== this.uid)
      throw new Error(`unbind of ${String(uid)}: the session is bound to ${String(this.uid)}`);
    await this.#session.unbind();
  }

  async #push(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.#session.set(key, this.settings[key]);
    if (keys.length > 0) await this.#session.push(...keys);
  }
}
