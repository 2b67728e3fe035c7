import { PomeloError } from '@pomelo-ts/common';
import type { ClientConnection } from '../acceptor/client-connection.js';
import type { ChannelMirror } from '../channel/channel-mirror.js';
import type { Session, SessionSnapshot, Uid } from '../session.js';
import type { SessionTable } from './session-table.js';
import { checkSetting } from './setting.js';
import { checkName } from './uid.js';

/** What one backend knows of a session: this version of it, since this connection stands. */
export interface SeenVersion {
  connection: object | undefined;
  version: number;
}

/** A session on the frontend that holds its connection: settings are seen by all its handlers at once. */
export class FrontendSession implements Session {
  readonly id: number;
  readonly connection: ClientConnection;
  uid: Uid | undefined;
  closed = false;
  /** Handlers at work for its notifies. */
  notifies = 0;
  /** Rises with every change that backends must hear of. */
  version = 0;
  /** Backends that hold state for this session, by server id; undefined until the first forward. */
  backends: Map<string, SeenVersion> | undefined;
  /** Channels that this connection itself (not its uid) is a member of. */
  channels: Set<ChannelMirror> | undefined;
  readonly #table: SessionTable;
  #settings: Record<string, unknown> | undefined;
  #listeners: ((reason: string) => void)[] | undefined;
  #closedFor = '';

  constructor(id: number, connection: ClientConnection, table: SessionTable) {
    this.id = id;
    this.connection = connection;
    this.#table = table;
  }

  get frontendId(): string {
    return this.#table.serverId;
  }

  get remoteAddress(): string {
    return this.connection.address;
  }

  get settings(): Readonly<Record<string, unknown>> {
    return this.#settings ?? {};
  }

  get<T = unknown>(key: string): T | undefined {
    const settings = this.#settings;
    return settings && Object.hasOwn(settings, key) ? (settings[key] as T) : undefined;
  }

  set(key: string, value: unknown): void {
    this.merge({ [key]: value });
  }

  /** Sets several settings at once. */
  merge(settings: Readonly<Record<string, unknown>>): void {
    const keys = Object.keys(settings);
    for (const key of keys) checkName(key, 'a key of a session');
    for (const key of keys) checkSetting(key, settings[key]);
    this.#settings ??= Object.create(null) as Record<string, unknown>;
    for (const key of keys) this.#settings[key] = settings[key];
    this.changed();
  }

  /** Backends must hear of a change. */
  changed(): void {
    this.version = (this.version + 1) >>> 0; // it travels as 32 bits
  }

  bind(uid: Uid): Promise<void> {
    return this.#table.bind(this, uid);
  }

  async unbind(): Promise<void> {
    this.#table.unbind(this);
  }

  async push(): Promise<void> {
    if (this.closed)
      throw new PomeloError('SESSION_GONE', { sessionId: this.id, frontendId: this.frontendId });
  }

  async kick(reason = 'kick'): Promise<void> {
    this.connection.kick(reason);
  }

  onClosed(listener: (reason: string) => void): void {
    if (this.closed) listener(this.#closedFor);
    else if (this.#listeners) this.#listeners.push(listener);
    else this.#listeners = [listener];
  }

  /** Marks the end; gives who wants to hear of it. */
  end(reason: string): readonly ((reason: string) => void)[] {
    const listeners = this.#listeners ?? [];
    this.closed = true;
    this.#closedFor = reason;
    this.#listeners = undefined;
    return listeners;
  }

  snapshot(): SessionSnapshot {
    return { uid: this.uid ?? null, address: this.remoteAddress, settings: { ...this.#settings } };
  }
}
