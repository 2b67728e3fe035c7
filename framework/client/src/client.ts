import { decodeBody, encodeBody, type MessageView, messageType, shutdownReason } from '@pomelo-ts/protocol';
import { backoffMs } from './backoff.js';
import { Connection } from './connection.js';
import { ClientError, reasonOf } from './errors.js';
import { messageFrame } from './frame.js';
import { askGate } from './gate.js';
import { Messages } from './messages.js';
import type { ClientSettings } from './options.js';
import { PendingRequests } from './pending.js';
import type { ClientState, StateChange } from './state.js';

/**
 * A connection to a game, through reconnections. Made by `connect`.
 *
 * @example
 * await using client = await connect({ url: 'ws://127.0.0.1:3010' });
 * client.on('onChat', (message) => show(message));
 * const answer = await client.request('chat.chatHandler.send', { text: 'hello' });
 */
export class Client {
  readonly #settings: ClientSettings;
  readonly #pending: PendingRequests;
  readonly #messages = new Messages();
  readonly #states = this.#messages.listeners<StateChange>('onState');
  readonly #kicks = this.#messages.listeners<string>('onKick');
  readonly #abort = new AbortController();
  #state: ClientState = 'connecting';
  #connection: Connection | undefined;
  #lastError = new ClientError('CLOSED');
  #wake: () => void = () => {};

  /** @internal */
  constructor(settings: ClientSettings) {
    this.#settings = settings;
    this.#pending = new PendingRequests(settings.clock, settings.maxPending);
  }

  get state(): ClientState {
    return this.#state;
  }

  /** URL of the server that the client is, or was last, connected to. */
  get url(): string | undefined {
    return this.#connection?.url;
  }

  /** What the server's handshake function gave. */
  get user(): unknown {
    return this.#connection?.user;
  }

  /** Requests that wait for answers. */
  get pending(): number {
    return this.#pending.size;
  }

  /** @internal */
  async open(): Promise<this> {
    try {
      await this.#dial();
      // A server may let in and kick in one breath.
      if (this.#isClosed()) throw this.#lastError;
      return this;
    } catch (error) {
      this.#leave('closed', error as ClientError);
      throw error;
    }
  }

  /**
   * Sends a request and gives the body of its answer, whatever `code` is in it.
   *
   * @throws ClientError `TIMEOUT`, `DISCONNECTED` (at once when the connection is lost), `KICKED`, `CLOSED`, `TOO_MANY_PENDING`,
   * `BAD_REQUEST` (the body does not follow the protos, say), `PROTOCOL` (the answer cannot be read)
   */
  async request<Answer = unknown>(
    route: string,
    body?: unknown,
    options: { timeoutMs?: number } = {},
  ): Promise<Answer> {
    const connection = this.#ready();
    const id = this.#pending.nextId();
    this.#send(connection, messageType.request, id, route, body);
    return this.#pending.wait(
      id,
      route,
      options.timeoutMs ?? this.#settings.requestTimeoutMs,
    ) as Promise<Answer>;
  }

  /**
   * Sends a message that wants no answer.
   * @throws ClientError `DISCONNECTED`, `KICKED`, `CLOSED`, `BAD_REQUEST`
   */
  notify(route: string, body?: unknown): void {
    this.#send(this.#ready(), messageType.notify, 0, route, body);
  }

  /** Calls `listener` with the body of every push of that route, until the returned function is called. */
  on<Body = unknown>(route: string, listener: (body: Body) => void): () => void {
    return this.#messages.on(route, listener as (body: unknown) => void);
  }

  /** Calls `listener` with route and body of every push, until the returned function is called: for tools and tests. */
  onAny(listener: (route: string, body: unknown) => void): () => void {
    return this.#messages.onAny(listener);
  }

  /** Tells of every change of {@link state} after `connect`. After a reconnection the server knows a new session: enter again. */
  onState(listener: (change: StateChange) => void): () => void {
    return this.#states.add(listener);
  }

  /** Tells the server's reason ('' for none) when it ends the connection on purpose. */
  onKick(listener: (reason: string) => void): () => void {
    return this.#kicks.add(listener);
  }

  /**
   * Tells what went wrong with a single push: a route code that is not in the dictionary, a body that cannot be read, a
   * listener that threw. Without a listener here the console gets a warning, and a listener's error is thrown on.
   */
  onFault(listener: (error: ClientError) => void): () => void {
    return this.#messages.onFault(listener);
  }

  /** Ends the connection for good; requests that wait fail with `CLOSED`. Resolves when the socket is closed. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#leave('closed', new ClientError('CLOSED'));
    await connection?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #dial(): Promise<void> {
    const { gate, url } = this.#settings;
    const target = gate === undefined ? (url as string) : await askGate(gate, this.#ask);
    const connection: Connection = new Connection(target, this.#settings, {
      onOpen: () => {
        this.#connection = connection;
        this.#change({ state: 'open' });
      },
      onMessage: (view, bytes) => this.#onMessage(connection, view, bytes),
      onEnd: (error) => this.#onEnd(error),
    });
    await connection.open(this.#abort.signal);
  }

  /** One request over a connection of its own. */
  readonly #ask = async (url: string, route: string, body: unknown): Promise<unknown> => {
    const other = new Client({ ...this.#settings, url, gate: undefined, reconnect: undefined });
    const abort = () => other.#leave('closed', new ClientError('CLOSED'));
    this.#abort.signal.addEventListener('abort', abort);
    try {
      await other.open();
      return await other.request(route, body);
    } finally {
      this.#abort.signal.removeEventListener('abort', abort);
      // Not waited for: the answer is there, and a gate that is slow to say goodbye must not hold up the player.
      void other.close();
    }
  };

  #ready(): Connection {
    const connection = this.#connection;
    if (this.#state !== 'open' || connection === undefined) throw this.#lastError;
    return connection;
  }

  #send(connection: Connection, type: 0 | 1, id: number, route: string, body: unknown): void {
    const { dictionary, clientCodec } = connection.wire;
    try {
      const code = dictionary?.codeOf(route) ?? 0;
      connection.send(
        messageFrame(type, id, code === 0 ? route : code, encodeBody(clientCodec, route, body)),
      );
    } catch (error) {
      throw new ClientError('BAD_REQUEST', { route, reason: reasonOf(error) }, { cause: error });
    }
  }

  #onMessage(connection: Connection, view: MessageView, bytes: Uint8Array): void {
    if (view.type === messageType.response) this.#onAnswer(connection, view, bytes);
    else if (view.type === messageType.push) this.#onPush(connection, view, bytes);
  }

  #onAnswer({ url, wire }: Connection, view: MessageView, bytes: Uint8Array): void {
    const waiting = this.#pending.take(view.id);
    if (waiting === undefined) return;
    try {
      waiting.resolve(decodeBody(wire.serverCodec, waiting.route, bytes, view.bodyStart, view.bodyEnd));
    } catch (error) {
      waiting.reject(unreadable(url, error));
    }
  }

  #onPush({ url, wire }: Connection, view: MessageView, bytes: Uint8Array): void {
    const { routeCode } = view;
    const route = routeCode === 0 ? view.route : wire.dictionary?.routeOf(routeCode);
    if (route === undefined) {
      this.#messages.fault(new ClientError('UNKNOWN_ROUTE_CODE', { routeCode }));
      return;
    }
    if (!this.#messages.isHeard(route)) return;
    let body: unknown;
    try {
      body = decodeBody(wire.serverCodec, route, bytes, view.bodyStart, view.bodyEnd);
    } catch (error) {
      this.#messages.fault(unreadable(url, error));
      return;
    }
    this.#messages.tell(route, body);
  }

  #onEnd(error: ClientError): void {
    const { reconnect } = this.#settings;
    const kicked = error.code === 'KICKED';
    const sentAway = error.facts['reason'] === shutdownReason;
    const again = reconnect !== undefined && (!kicked || sentAway || reconnect.afterKick);
    if (again) {
      this.#lastError = error;
      this.#state = 'reconnecting';
      this.#pending.failAll(error);
    } else {
      this.#leave('closed', error);
    }
    if (kicked) this.#kicks.tell(String(error.facts['reason']));
    if (again) void this.#reconnect(reconnect, error);
  }

  async #reconnect(options: NonNullable<ClientSettings['reconnect']>, lost: ClientError): Promise<void> {
    let error = lost;
    for (let attempt = 0; attempt < options.attempts && this.#state === 'reconnecting'; attempt++) {
      const delayMs = backoffMs(attempt, options.minMs, options.maxMs, this.#settings.random);
      this.#change({ state: 'reconnecting', error, attempt: attempt + 1, delayMs });
      await this.#sleep(delayMs);
      if (this.#state !== 'reconnecting') return;
      try {
        await this.#dial();
        return;
      } catch (failure) {
        error = failure as ClientError;
        // A client that is too old stays too old.
        if (error.code === 'HANDSHAKE_REFUSED' && error.facts['code'] === 501) break;
      }
    }
    this.#leave('closed', error);
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#settings.clock.after(ms, resolve);
      this.#wake = () => {
        stop();
        resolve();
      };
    });
  }

  /** The end of this client, once. */
  #leave(state: 'closed', error: ClientError): void {
    if (this.#state === 'closed') return;
    this.#lastError = error;
    this.#pending.failAll(error);
    this.#change({ state, error });
    this.#abort.abort();
    this.#wake();
  }

  #change(change: StateChange): void {
    this.#state = change.state;
    this.#states.tell(change);
  }
}

function unreadable(url: string, cause: unknown): ClientError {
  return new ClientError('PROTOCOL', { url, reason: reasonOf(cause) }, { cause });
}
