import {
  encodeMessage,
  encodePackage,
  encodeUtf8,
  MessageView,
  messageType,
  type PackageType,
  packageType,
  readMessage,
  splitPackages,
} from '@pomelo-ts/protocol';
import type { ContractClient, MemoryAcceptor, MemorySocket, SentMessage } from '../../src/testing.js';

/** A client of an acceptor in memory, which sends what the contract tells it to. */
export class MemoryClient implements ContractClient {
  readonly answers: { id: number; body: string }[] = [];
  readonly pushes: { route: string; body: string }[] = [];
  beats = 0;
  kicked: string | undefined;
  closed = false;
  #socket!: MemorySocket;
  #greeted!: (answer: { code: number }) => void;
  readonly #greeting = new Promise<{ code: number }>((resolve) => {
    this.#greeted = resolve;
  });

  static dial(acceptor: MemoryAcceptor): Promise<MemoryClient> {
    return new Promise((resolve, reject) => {
      const client = new MemoryClient();
      client.#socket = acceptor.connect({
        onOpen: () => resolve(client),
        onFrame: (bytes) => splitPackages(bytes, 0xffffff, { onPackage: client.#take }),
        onClose: (reason) => {
          client.closed = true;
          reject(new Error(reason));
        },
      });
    });
  }

  async handshake(user?: unknown): Promise<{ code: number }> {
    const body = encodeUtf8(JSON.stringify({ sys: { type: 'memory', version: '1' }, user }));
    this.sendBytes(encodePackage(packageType.handshake, body));
    const { code } = await this.#greeting;
    if (code === 200) this.sendBytes(encodePackage(packageType.handshakeAck));
    return { code };
  }

  send(...messages: readonly SentMessage[]): void {
    const packages = messages.map(({ id, route, body }) => {
      const type = id === 0 ? messageType.notify : messageType.request;
      const message = encodeMessage(type, id, route, encodeUtf8(JSON.stringify(body)));
      return encodePackage(packageType.data, message);
    });
    this.sendBytes(Buffer.concat(packages));
  }

  beat(): void {
    this.sendBytes(encodePackage(packageType.heartbeat));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.send(bytes);
  }

  read(on: boolean): void {
    this.#socket.read(on);
  }

  close(): void {
    this.#socket.terminate();
  }

  readonly #take = (type: PackageType, bytes: Uint8Array, start: number, end: number): boolean => {
    const body = Buffer.from(bytes.subarray(start, end));
    if (type === packageType.heartbeat) this.beats++;
    else if (type === packageType.handshake) this.#greeted(JSON.parse(body.toString()));
    else if (type === packageType.kick) this.kicked = JSON.parse(body.toString()).reason;
    else this.#takeMessage(body);
    return true;
  };

  #takeMessage(bytes: Buffer): void {
    const view = new MessageView();
    readMessage(bytes, 0, bytes.length, view);
    const body = bytes.toString('utf8', view.bodyStart);
    if (view.type === messageType.response) this.answers.push({ id: view.id, body });
    else this.pushes.push({ route: view.route, body });
  }
}
