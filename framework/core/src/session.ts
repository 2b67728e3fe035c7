import type { Uid } from './session-names.js';

/** One client's connection as the game sees it; the same on the frontend that holds it and on every backend. */
export interface Session {
  /**
   * Names the session, and no other one that the cluster has or had: a short text of digits, small letters and `-` that says nothing else.
   * It stays the same for the session's whole life.
   */
  readonly id: string;
  /** Server id of the frontend that holds the connection. */
  readonly frontendId: string;
  /** Whose connection this is; undefined until {@link bind}. */
  readonly uid: Uid | undefined;
  /** The client's address, behind trusted proxies the one that they report. */
  readonly remoteAddress: string;
  /** Whether the connection has ended, as far as this server knows. */
  readonly closed: boolean;
  /** A setting of this session, as of its last {@link push} by any server. */
  get<T = unknown>(key: string): T | undefined;
  /** Sets a setting. On a backend it is seen by others once {@link push} has resolved. @throws NAME_INVALID */
  set(key: string, value: unknown): void;
  /**
   * Says whose connection this is. Binding the same uid again changes nothing.
   *
   * @throws UID_INVALID, SESSION_BOUND for another uid, SESSION_TAKEN when `session.perUid` is `refuse`, SESSION_GONE
   */
  bind(uid: Uid): Promise<void>;
  /** Takes the uid away again. */
  unbind(): Promise<void>;
  /** Sends the settings that were set here to the frontend; all, or those named. Rejects with SESSION_GONE. */
  push(...keys: string[]): Promise<void>;
  /** Closes the connection; the client is told `reason`. Resolves also when it has ended already. */
  kick(reason?: string): Promise<void>;
  /** Calls `listener` once when the connection has ended, at once when it has already. */
  onClosed(listener: (reason: string) => void): void;
}

/** What a backend is told of a session. */
export interface SessionSnapshot {
  readonly uid: Uid | null;
  readonly address: string;
  /** Backends that drained when it began: it is never sent to them. None when absent. */
  readonly avoids?: readonly string[];
  readonly settings: Readonly<Record<string, unknown>>;
}
