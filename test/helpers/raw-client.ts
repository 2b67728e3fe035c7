import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import {
  encodeMessage,
  encodePackage,
  encodeUtf8,
  MessageView,
  messageType,
  PackageSplitter,
  type PackageType,
  packageType,
  readMessage,
} from '@pomelo-ts/protocol';
import { WebSocket } from 'ws';

/** What came in one package. */
export interface Received {
  readonly type: PackageType;
  readonly body: Buffer;
}

/** An answer of the server. */
export interface Answer {
  readonly id: number;
  readonly body: Buffer;
}

/** A push of the server; `code` when its route came as a number of the dictionary. */
export interface Push {
  readonly route: string;
  readonly code: number;
  readonly body: Buffer;
}

/** How a {@link RawClient} connects. */
export interface RawClientOptions {
  readonly transport?: 'ws' | 'tcp';
  readonly host?: string;
  /** Address to come from. */
  readonly localAddress?: string;
  /** Path and query of the WebSocket's address. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly deflate?: boolean;
}

/**
 * A client that sends exactly the bytes it is told to and keeps everything that comes: for tests of what no well-behaved
 * client does. It never sends heartbeats by itself.
 */
export class RawClient implements AsyncDisposable {
  /** Everything received, in order. */
  readonly received: Received[] = [];
  readonly answers: Answer[] = [];
  readonly pushes: Push[] = [];
  /** WebSocket frames, or chunks of TCP. */
  chunks = 0;
  /** What came that was no package: the answer of HTTP, for bytes that look like it. */
  otherAnswer = '';
  /** The reason of the kick, if one came. */
  kicked: string | undefined;
  /** How it ended: the WebSocket's code, 0 for TCP; undefined while it stands. */
  closeCode: number | undefined;
  /** The bare socket, also under a WebSocket. */
  readonly socket: Socket;
  readonly #send: (bytes: Uint8Array) => void;
  readonly #watchers = new Set<() => void>();
  readonly #splitter = new PackageSplitter({ maxPackageBytes: 0xffffff });
  #lastId = 0;

  private constructor(socket: Socket, send: (bytes: Uint8Array) => void) {
    this.socket = socket;
    this.#send = send;
  }

  /** Connects, and does nothing more. Rejects when the server refuses the upgrade, with its answer. */
  static async connect(port: number, options: RawClientOptions = {}): Promise<RawClient> {
    const { transport = 'ws', host = '127.0.0.1', path = '/', headers = {}, deflate = false } = options;
    const { localAddress } = options;
    if (transport === 'tcp') {
      const socket = connect({
        host,
        port,
        noDelay: true,
        ...(localAddress !== undefined && { localAddress }),
      });
      await once(socket, 'connect');
      const client = new RawClient(socket, (bytes) => socket.write(bytes));
      socket.on('error', () => {});
      socket.on('data', (chunk) => client.#take(chunk));
      socket.on('close', () => client.#ended(0));
      return client;
    }
    const ws = new WebSocket(`ws://${host}:${port}${path}`, {
      headers,
      perMessageDeflate: deflate,
      ...(localAddress !== undefined && { localAddress }),
    });
    return new Promise((resolve, reject) => {
      let client: RawClient | undefined;
      ws.on('upgrade', (response) => {
        client = new RawClient(response.socket as Socket, (bytes) => ws.send(bytes));
        ws.on('message', (data) => client!.#take(data as Buffer));
        ws.on('close', (code) => client!.#ended(code));
      });
      ws.on('open', () => resolve(client!));
      ws.on('unexpected-response', (_request, response) => {
        let text = '';
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => reject(new Error(`${response.statusCode} ${text.trim()}`)));
      });
      ws.on('error', (error) => {
        if (!client) reject(error);
      });
    });
  }

  /** Connects and does the handshake with its acknowledgement. */
  static async join(port: number, options: RawClientOptions = {}, user?: unknown): Promise<RawClient> {
    const client = await RawClient.connect(port, options);
    const { code } = (await client.handshake({ sys: { type: 'raw', version: '1' }, user })) as {
      code: number;
    };
    if (code !== 200) throw new Error(`the handshake was answered with ${code}`);
    client.sendPackage(packageType.handshakeAck);
    return client;
  }

  send(bytes: Uint8Array | string): void {
    this.#send(typeof bytes === 'string' ? Buffer.from(bytes, 'hex') : bytes);
  }

  sendPackage(type: PackageType, body?: Uint8Array): void {
    this.send(encodePackage(type, body));
  }

  /** Sends a handshake and waits for its answer. */
  async handshake(body: unknown): Promise<Record<string, unknown>> {
    this.sendPackage(
      packageType.handshake,
      encodeUtf8(typeof body === 'string' ? body : JSON.stringify(body)),
    );
    const { body: answer } = await this.next(packageType.handshake);
    return JSON.parse(answer.toString());
  }

  /** Sends a message; gives its id. */
  sendMessage(route: string | number, msg: unknown = {}, id = ++this.#lastId): number {
    const body = msg instanceof Uint8Array ? msg : encodeUtf8(JSON.stringify(msg));
    const type = id === 0 ? messageType.notify : messageType.request;
    this.sendPackage(packageType.data, encodeMessage(type, id, route, body));
    return id;
  }

  notify(route: string, msg: unknown = {}): void {
    this.sendMessage(route, msg, 0);
  }

  /** Sends a request and waits for its answer as JSON; rejects when the connection ends before. */
  async request<T = Record<string, unknown>>(route: string | number, msg: unknown = {}): Promise<T> {
    return this.answerTo(this.sendMessage(route, msg));
  }

  /** Waits for the answer to the request with this id. */
  async answerTo<T = Record<string, unknown>>(id: number): Promise<T> {
    const answer = await this.until(
      () => this.answers.find((one) => one.id === id),
      `an answer to request ${id}`,
    );
    return JSON.parse(answer.body.toString());
  }

  /** Waits for a push of the route, and takes it out. */
  async push<T = Record<string, unknown>>(route: string): Promise<T> {
    const push = await this.until(() => this.pushes.find((one) => one.route === route), `a push of ${route}`);
    this.pushes.splice(this.pushes.indexOf(push), 1);
    return JSON.parse(push.body.toString());
  }

  /** Waits for a package of a type. */
  next(type: PackageType): Promise<Received> {
    return this.until(() => this.received.find((one) => one.type === type), `a package of type ${type}`);
  }

  /** Waits until the server has closed the connection. */
  async closed(): Promise<void> {
    if (this.closeCode !== undefined) return;
    await new Promise<void>((resolve) => {
      this.#watchers.add(() => {
        if (this.closeCode !== undefined) resolve();
      });
    });
  }

  /** Waits until `check` gives something; rejects when the connection ends before. */
  until<T>(check: () => T | undefined, what: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const value = check();
        if (value !== undefined) resolve(value);
        else if (this.closeCode === undefined) return;
        else reject(new Error(`the connection closed (${this.closeCode}, ${this.kicked}) before ${what}`));
        this.#watchers.delete(look);
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Ends the connection without a word. */
  destroy(): void {
    this.socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await this.closed();
  }

  #take(chunk: Buffer): void {
    this.chunks++;
    try {
      this.#splitter.push(chunk, {
        onPackage: (type, bytes, start, end) => this.#package(type, Buffer.from(bytes.subarray(start, end))),
      });
    } catch {
      this.otherAnswer = chunk.toString();
    }
    this.#tell();
  }

  #package(type: PackageType, body: Buffer): void {
    this.received.push({ type, body });
    if (type === packageType.kick) this.kicked = JSON.parse(body.toString()).reason;
    if (type !== packageType.data) return;
    const view = new MessageView();
    readMessage(body, 0, body.length, view);
    const rest = body.subarray(view.bodyStart);
    if (view.type === messageType.response) this.answers.push({ id: view.id, body: rest });
    else this.pushes.push({ route: view.route, code: view.routeCode, body: rest });
  }

  #ended(code: number): void {
    this.closeCode = code;
    this.#tell();
  }

  #tell(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}
