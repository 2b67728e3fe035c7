import { packageType } from '@pomelo-ts/protocol';
import { describe, it } from 'vitest';
import { RawClient, type RawClientOptions } from '../../../../test/helpers/raw-client.js';
import { HybridAcceptor } from '../../src/acceptor/hybrid-acceptor.js';
import { makeHybrid } from '../../src/acceptor/make-hybrid.js';
import { MemoryAcceptor } from '../../src/testing/memory-acceptor.js';
import { acceptorContract, type ContractClient, type SentMessage } from '../../src/testing.js';
import { maskedFrame } from './masked-frame.js';
import { MemoryClient, packageOf } from './memory-client.js';

const sys = { type: 'raw', version: '1' };
/** A busy machine is slow. */
const patienceMs = 15_000;

/** A client of the hybrid acceptor, which sends what the contract tells it to. */
class HybridClient implements ContractClient {
  readonly #raw: RawClient | undefined;
  readonly #isTcp: boolean;
  readonly #refusedWith: number;

  private constructor(raw: RawClient | undefined, isTcp: boolean, refusedWith: number) {
    this.#raw = raw;
    this.#isTcp = isTcp;
    this.#refusedWith = refusedWith;
  }

  static async dial(port: number, options: RawClientOptions): Promise<HybridClient> {
    const isTcp = options.transport === 'tcp';
    try {
      return new HybridClient(await RawClient.connect(port, options), isTcp, 0);
    } catch (error) {
      const [status] = /^\d{3}/.exec((error as Error).message) ?? [];
      if (status === undefined) throw error;
      return new HybridClient(undefined, isTcp, Number(status));
    }
  }

  async handshake(user?: unknown): Promise<{ code: number }> {
    if (!this.#raw) return { code: this.#refusedWith };
    const { code } = (await this.#raw.handshake({ sys, user })) as { code: number };
    if (code === 200) this.#raw.sendPackage(packageType.handshakeAck);
    return { code };
  }

  send(...messages: readonly SentMessage[]): void {
    this.#raw?.send(Buffer.concat(messages.map(packageOf)));
  }

  sendCut(message: SentMessage): () => void {
    const bytes = this.#isTcp ? packageOf(message) : maskedFrame(packageOf(message));
    const half = bytes.length / 2;
    this.#raw?.socket.write(bytes.subarray(0, half));
    return () => void this.#raw?.socket.write(bytes.subarray(half));
  }

  beat(): void {
    this.#raw?.sendPackage(packageType.heartbeat);
  }

  sendBytes(bytes: Uint8Array): void {
    this.#raw?.send(bytes);
  }

  read(on: boolean): void {
    if (on) this.#raw?.socket.resume();
    else this.#raw?.socket.pause();
  }

  get answers() {
    return (this.#raw?.answers ?? []).map(({ id, body }) => ({ id, body: body.toString() }));
  }

  get pushes() {
    return (this.#raw?.pushes ?? []).map(({ route, body }) => ({ route, body: body.toString() }));
  }

  get beats(): number {
    return this.#raw?.received.filter(({ type }) => type === packageType.heartbeat).length ?? 0;
  }

  get kicked(): string | undefined {
    return this.#raw?.kicked;
  }

  get closed(): boolean {
    return this.#raw?.closeCode !== undefined;
  }

  close(): void {
    this.#raw?.destroy();
  }
}

describe.each<[string, RawClientOptions, boolean]>([
  ['WebSocket', { transport: 'ws' }, false],
  ['WebSocket with deflate', { transport: 'ws', deflate: true }, true],
  ['TCP', { transport: 'tcp' }, false],
])('the hybrid acceptor over %s', (_name, options, compression) => {
  const contract = acceptorContract({
    patienceMs,
    moves: !compression,
    make: (context) => makeHybrid({ ...context, options: { compression } }),
    dial: (acceptor, port) => {
      if (!(acceptor instanceof HybridAcceptor)) throw new Error('this is another acceptor');
      return HybridClient.dial(port, options);
    },
  });
  for (const { title, run } of contract) it(title, run);
});

describe('the acceptor in memory', () => {
  const contract = acceptorContract({
    patienceMs,
    moves: true,
    make: (context) => new MemoryAcceptor(context),
    dial: (acceptor) => MemoryClient.dial(acceptor as MemoryAcceptor),
  });
  for (const { title, run } of contract) it(title, run);
});
