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

/** A message of the contract as a package of the client. */
export function packageOf({ id, route, body }: SentMessage): Uint8Array {
  const type = id === 0 ? messageType.notify : messageType.request;
  return encodePackage(packageType.data, encodeMessage(type, id, route, encodeUtf8(JSON.stringify(body))));
}

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
    this.sendBytes(Buffer.concat(messages.map(packageOf)));
  }

  sendCut(message: SentMessage): () => void {
    const bytes = packageOf(message);
    const half = bytes.length / 2;
    this.sendBytes(bytes.subarray(0, half));
    return () => this.sendBytes(bytes.subarray(half));
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
