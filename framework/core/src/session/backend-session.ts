import type { Session, SessionSnapshot, Uid } from '../session.js';
import { checkSetting } from './setting.js';
import { checkName, checkUid } from './uid.js';

/** Calls the frontend that holds a session. */
export type SessionCall = (frontendId: string, method: string, args: readonly unknown[]) => Promise<unknown>;

/** A backend's view of a session, kept until its end; what changes it goes through its frontend. */
export class BackendSession implements Session {
  readonly id: number;
  readonly frontendId: string;
  /** Version of the snapshot that this view shows. */
  version = -1;
  /** Why this version of it could not be read; undefined when it could. */
  unreadable: Error | undefined;
  uid: Uid | undefined;
  remoteAddress = '';
  closed = false;
  /** Handlers at work for its notifies. */
  notifies = 0;
  readonly #call: SessionCall;
  #settings: Readonly<Record<string, unknown>> = {};
  /** What was set here and not pushed yet. */
  #unpushed: Map<string, unknown> | undefined;
  #listeners: ((reason: string) => void)[] | undefined;
  #closedFor = '';

  constructor(id: number, frontendId: string, call: SessionCall) {
    this.id = id;
    this.frontendId = frontendId;
    this.#call = call;
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
    await this.#call(this.frontendId, 'sys.session.bind', [this.id, uid]);
    this.uid = uid;
  }

  async unbind(): Promise<void> {
    await this.#call(this.frontendId, 'sys.session.unbind', [this.id]);
    this.uid = undefined;
  }

  async push(...keys: string[]): Promise<void> {
    const all = this.#unpushed ?? new Map<string, unknown>();
    const changed =
      keys.length === 0 ? [...all] : keys.filter((key) => all.has(key)).map((key) => [key, all.get(key)]);
    const settings = Object.fromEntries(changed) as Record<string, unknown>;
    await this.#call(this.frontendId, 'sys.session.push', [this.id, settings]);
    this.#settings = { ...this.#settings, ...settings };
    for (const key of Object.keys(settings)) {
      if (all.get(key) === settings[key]) all.delete(key);
    }
  }

  async kick(reason = 'kick'): Promise<void> {
    if (this.closed) return;
    await this.#call(this.frontendId, 'sys.session.kick', [this.id, reason]);
  }

  onClosed(listener: (reason: string) => void): void {
    if (this.closed) listener(this.#closedFor);
    else if (this.#listeners) this.#listeners.push(listener);
    else this.#listeners = [listener];
  }

  /** Takes over what the frontend says of the session. */
  update(snapshot: SessionSnapshot, version: number): void {
    this.version = version;
    this.unreadable = undefined;
    this.uid = snapshot.uid ?? undefined;
    this.remoteAddress = snapshot.address;
    this.#settings = snapshot.settings;
  }

  /** Marks the end; gives who wants to hear of it. */
  end(reason: string): readonly ((reason: string) => void)[] {
    const listeners = this.#listeners ?? [];
    this.closed = true;
    this.#closedFor = reason;
    this.#listeners = undefined;
    return listeners;
  }
}
