import { EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';
import { connect, type Socket } from 'node:net';
import type { StockClient } from './stock-client.js';

const require = createRequire(import.meta.url);

/** The stock message codec; this client shares no code with the framework. */
const { Message } = require('pomelo-protocol') as {
  Message: {
    encode(id: number, type: number, compressRoute: boolean, route: string | number, body: Buffer): Buffer;
    decode(bytes: Buffer): StockMessage;
  };
};
/** The stock protobuf codec, bound to a schema by tables and not by its own global state. */
const protobufOf = require('pomelo-protobuf') as {
  init(options: { encoderProtos: object; decoderProtos: object }): void;
  encode(route: string, body: object): Buffer;
  decode(route: string, bytes: Buffer): unknown;
};

interface StockMessage {
  readonly id: number;
  readonly type: number;
  readonly compressRoute: number;
  readonly route: string | number;
  readonly body: Buffer;
}

interface Handshake {
  readonly code: number;
  readonly sys?: {
    readonly heartbeat?: number;
    readonly dict?: Record<string, number>;
    readonly protos?: { readonly client: object; readonly server: object };
  };
}

const types = { handshake: 1, ack: 2, heartbeat: 3, data: 4, kick: 5 } as const;

/** A client on a plain TCP socket, as those for Unity and C++ are. */
export class TcpClient implements StockClient {
  /** Every message as it came. */
  readonly messages: StockMessage[] = [];
  /** What the server answered to the handshake. */
  handshake: Handshake = { code: 0 };
  /** The server's reason, once it has ended the connection on purpose. */
  kicked: string | undefined;
  readonly #events = new EventEmitter();
  readonly #waiting = new Map<number, { route: string; resolve: (answer: unknown) => void }>();
  #socket: Socket | undefined;
  #unread: Buffer = Buffer.alloc(0);
  #lastId = 0;

  async init(host: string, port: number): Promise<void> {
    const socket = connect({ host, port, noDelay: true });
    this.#socket = socket;
    this.#unread = Buffer.alloc(0);
    await once(socket, 'connect');
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    const shaken = once(this.#events, 'handshake', { signal: AbortSignal.timeout(5000) });
    this.#send(
      types.handshake,
      Buffer.from(JSON.stringify({ sys: { type: 'tcp', version: '1' }, user: {} })),
    );
    await shaken;
    if (this.handshake.code !== 200) throw new Error(`the handshake was refused: ${this.handshake.code}`);
    const protos = this.handshake.sys?.protos;
    protobufOf.init({ encoderProtos: protos?.client ?? {}, decoderProtos: protos?.server ?? {} });
    this.#send(types.ack);
  }

  request(route: string, body: object): Promise<unknown> {
    const id = ++this.#lastId;
    return new Promise((resolve) => {
      this.#waiting.set(id, { route, resolve });
      this.#message(id, 0, route, body);
    });
  }

  notify(route: string, body: object): void {
    this.#message(0, 1, route, body);
  }

  on(route: string, listener: (body: unknown) => void): void {
    this.#events.on(`push ${route}`, listener);
  }

  disconnect(): void {
    this.#socket?.destroy();
  }

  #message(id: number, type: number, route: string, body: object): void {
    const { dict = {}, protos } = this.handshake.sys ?? {};
    const code = dict[route];
    const asProtobuf = Object.hasOwn(protos?.client ?? {}, route);
    const bytes = asProtobuf ? protobufOf.encode(route, body) : Buffer.from(JSON.stringify(body));
    this.#send(types.data, Message.encode(id, type, code !== undefined, code ?? route, bytes));
  }

  #send(type: number, body: Buffer = Buffer.alloc(0)): void {
    const head = Buffer.from([type, 0, 0, 0]);
    head.writeUIntBE(body.length, 1, 3);
    this.#socket?.write(Buffer.concat([head, body]));
  }

  #read(chunk: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, chunk]);
    while (this.#unread.length >= 4) {
      const end = 4 + this.#unread.readUIntBE(1, 3);
      if (this.#unread.length < end) return;
      const type = this.#unread[0]!;
      const body = this.#unread.subarray(4, end);
      this.#unread = this.#unread.subarray(end);
      this.#onPackage(type, body);
    }
  }

  #onPackage(type: number, body: Buffer): void {
    if (type === types.handshake) {
      this.handshake = JSON.parse(body.toString()) as Handshake;
      this.#events.emit('handshake');
    } else if (type === types.kick) {
      this.kicked = (JSON.parse(body.toString()) as { reason: string }).reason;
    } else if (type === types.data) this.#onMessage(Message.decode(body));
  }

  #onMessage(message: StockMessage): void {
    this.messages.push(message);
    const { dict = {}, protos } = this.handshake.sys ?? {};
    const waiting = this.#waiting.get(message.id);
    const named = message.compressRoute
      ? Object.keys(dict).find((route) => dict[route] === message.route)
      : message.route;
    const route = waiting?.route ?? String(named);
    const asProtobuf = Object.hasOwn(protos?.server ?? {}, route);
    const body = asProtobuf ? protobufOf.decode(route, message.body) : JSON.parse(message.body.toString());
    if (!waiting) this.#events.emit(`push ${route}`, body);
    else {
      this.#waiting.delete(message.id);
      waiting.resolve(body);
    }
  }
}
