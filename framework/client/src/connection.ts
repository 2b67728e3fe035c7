import {
  decodeBody,
  encodeBody,
  encodePackage,
  type HandshakeRequest,
  type HandshakeResponse,
  handshakeCode,
  type KickBody,
  MessageView,
  type PackageType,
  packageType,
  readMessage,
  splitPackages,
} from '@pomelo-ts/protocol';
import { ClientError, reasonOf } from './errors.js';
import { Heartbeat } from './heartbeat.js';
import type { ClientSettings } from './options.js';
import type { ClientSocket } from './socket/open-socket.js';
import type { Wire } from './wire-cache.js';

export interface ConnectionEvents {
  /** Right after the handshake: what follows in the same frame must find the client ready. */
  onOpen(): void;
  onMessage(view: MessageView, bytes: Uint8Array): void;
  /** Once, after the connection had been open. Not called for {@link Connection.close}. */
  onEnd(error: ClientError): void;
}

const goodbyeMs = 1000;

/** One connection to one server: socket, handshake, heartbeats, packages. It is used once. */
export class Connection {
  readonly url: string;
  readonly #settings: ClientSettings;
  readonly #events: ConnectionEvents;
  readonly #view = new MessageView();
  readonly #closed: Promise<void>;
  #stage: 'opening' | 'open' | 'ended' = 'opening';
  #socket: ClientSocket | undefined;
  #socketClosed = false;
  #heartbeat: Heartbeat | undefined;
  #stopTimer: () => void = () => {};
  #settleOpen: (error?: ClientError) => void = () => {};
  #settleClosed: () => void = () => {};
  #wire: Wire = { dictionary: undefined, clientCodec: undefined, serverCodec: undefined };
  #user: unknown;

  constructor(url: string, settings: ClientSettings, events: ConnectionEvents) {
    this.url = url;
    this.#settings = settings;
    this.#events = events;
    this.#closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
  }

  get wire(): Wire {
    return this.#wire;
  }

  /** What the server's handshake function gave. */
  get user(): unknown {
    return this.#user;
  }

  /** @throws ClientError `CONNECT_FAILED`, `HANDSHAKE_REFUSED`, `PROTOCOL`, `CLOSED` */
  open(signal: AbortSignal): Promise<void> {
    const { clock, connectTimeoutMs, openSocket } = this.#settings;
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#end(new ClientError('CLOSED'));
      this.#settleOpen = (error) => {
        signal.removeEventListener('abort', onAbort);
        if (error === undefined) resolve();
        else reject(error);
      };
      signal.addEventListener('abort', onAbort);
      this.#stopTimer = clock.after(connectTimeoutMs, () => {
        this.#end(this.#connectFailed(`no handshake within ${connectTimeoutMs} ms`));
      });
      try {
        this.#socket = openSocket(this.url, {
          onOpen: () => this.#sendHandshake(),
          onFrame: (bytes) => this.#onFrame(bytes),
          onClose: (reason) => this.#onSocketClose(reason),
        });
      } catch (error) {
        this.#end(this.#connectFailed(reasonOf(error)));
      }
      if (signal.aborted) onAbort();
    });
  }

  /** One frame with one package: stock servers disconnect a client that puts two in a frame. */
  send(frame: Uint8Array): void {
    this.#socket?.send(frame);
  }

  /** Ends the connection and waits for the other side, but not long. */
  async close(): Promise<void> {
    this.#stop();
    await this.#closed;
  }

  #sendHandshake(): void {
    const { clientType, clientVersion, user, wireCache } = this.#settings;
    const request: HandshakeRequest = {
      sys: { type: clientType, version: clientVersion, ...wireCache.versions() },
      ...(user === undefined ? {} : { user }),
    };
    try {
      this.send(encodePackage(packageType.handshake, encodeBody(undefined, 'the handshake', request)));
    } catch (error) {
      this.#end(this.#connectFailed(reasonOf(error)));
    }
  }

  #onFrame(frame: Uint8Array): void {
    if (this.#stage === 'ended') return;
    this.#heartbeat?.sign();
    try {
      splitPackages(frame, this.#settings.maxPackageBytes, this);
    } catch (error) {
      this.#end(new ClientError('PROTOCOL', { url: this.url, reason: reasonOf(error) }, { cause: error }));
    }
  }

  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean {
    if (type === packageType.handshake) this.#onHandshake(bytes, start, end);
    else if (type === packageType.kick)
      this.#end(new ClientError('KICKED', { reason: kickReason(bytes, start, end) }));
    else if (type === packageType.heartbeat) this.#heartbeat?.beat();
    else if (type === packageType.data && this.#stage === 'open') {
      readMessage(bytes, start, end, this.#view);
      this.#events.onMessage(this.#view, bytes);
    }
    return this.#isLive();
  }

  #isLive(): boolean {
    return this.#stage !== 'ended';
  }

  #onHandshake(bytes: Uint8Array, start: number, end: number): void {
    if (this.#stage !== 'opening') return;
    const response = decodeBody(
      undefined,
      'the handshake',
      bytes,
      start,
      end,
    ) as Partial<HandshakeResponse> | null;
    if (response?.code !== handshakeCode.ok) {
      const facts = {
        url: this.url,
        code: response?.code ?? 0,
        reason: response?.message ?? 'no reason given',
      };
      this.#end(new ClientError('HANDSHAKE_REFUSED', facts));
      return;
    }
    const system = response.sys ?? {};
    this.#wire = this.#settings.wireCache.agree(system);
    this.#user = response.user;
    this.#stage = 'open';
    this.send(encodePackage(packageType.handshakeAck));
    if (typeof system.heartbeat === 'number' && system.heartbeat > 0) {
      this.#heartbeat = new Heartbeat(
        system.heartbeat * 1000,
        this.#settings.clock,
        () => this.send(encodePackage(packageType.heartbeat)),
        (ms) => this.#end(this.#disconnected(`no sign of life for ${Math.round(ms)} ms`)),
      );
    }
    this.#stopTimer();
    this.#settleOpen();
    this.#events.onOpen();
  }

  #onSocketClose(reason: string): void {
    this.#socketClosed = true;
    if (this.#stage === 'ended') {
      this.#stopTimer();
      this.#settleClosed();
    }
    this.#end(this.#stage === 'opening' ? this.#connectFailed(reason) : this.#disconnected(reason));
  }

  #end(error: ClientError): void {
    const stage = this.#stage;
    if (stage === 'ended') return;
    this.#stop();
    if (stage === 'opening') this.#settleOpen(error);
    else this.#events.onEnd(error);
  }

  #stop(): void {
    if (this.#stage === 'ended') return;
    this.#stage = 'ended';
    this.#stopTimer();
    this.#heartbeat?.stop();
    const socket = this.#socket;
    if (socket === undefined || this.#socketClosed) {
      this.#settleClosed();
      return;
    }
    this.#stopTimer = this.#settings.clock.after(goodbyeMs, () => {
      socket.terminate();
      this.#settleClosed();
    });
    socket.close();
  }

  #connectFailed(reason: string): ClientError {
    return new ClientError('CONNECT_FAILED', { url: this.url, reason });
  }

  #disconnected(reason: string): ClientError {
    return new ClientError('DISCONNECTED', { url: this.url, reason });
  }
}

function kickReason(bytes: Uint8Array, start: number, end: number): string {
  try {
    const body = decodeBody(undefined, 'the kick', bytes, start, end) as KickBody | null;
    return typeof body?.reason === 'string' ? body.reason : '';
  } catch {
    return '';
  }
}
