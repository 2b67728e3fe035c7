import type { ChannelReader, RpcChannel, RpcListener, RpcTransport } from '../transport.js';

/** The network that memory transports share: a process may hold several, which do not see each other. */
export class MemoryNetwork {
  readonly #listeners = new Map<string, (channel: MemoryChannel) => void>();
  #nextPort = 1;

  listen(host: string, port: number, onChannel: (channel: RpcChannel) => void): RpcListener {
    const given = port === 0 ? this.#freePort(host) : port;
    const address = `${host}:${given}`;
    const channels = new Set<MemoryChannel>();
    if (this.#listeners.has(address))
      throw Object.assign(new Error(`${address} is taken`), { code: 'EADDRINUSE' });
    this.#listeners.set(address, (channel) => {
      channels.add(channel);
      channel.ended = () => channels.delete(channel);
      onChannel(channel);
    });
    return {
      port: given,
      close: async () => {
        this.#listeners.delete(address);
        for (const channel of channels) channel.destroy();
      },
    };
  }

  dial(host: string, port: number): RpcChannel {
    const address = `${host}:${port}`;
    const onChannel = this.#listeners.get(address);
    if (!onChannel) throw Object.assign(new Error(`nobody listens on ${address}`), { code: 'ECONNREFUSED' });
    const [near, far] = MemoryChannel.pair(address);
    queueMicrotask(() => onChannel(far));
    return near;
  }

  #freePort(host: string): number {
    while (this.#listeners.has(`${host}:${this.#nextPort}`)) this.#nextPort++;
    return this.#nextPort++;
  }
}

/** RPC inside one process: the same frames as over TCP, handed from one end to the other. */
export function memoryTransport(network: MemoryNetwork): RpcTransport {
  return {
    name: 'memory',
    listen: async ({ host, port }, onChannel) => network.listen(host, port, onChannel),
    dial: async ({ host, port }) => network.dial(host, port),
  };
}

class MemoryChannel implements RpcChannel {
  readonly remote: string;
  #reader: ChannelReader | undefined;
  #other!: MemoryChannel;
  #arrived: Buffer[] = [];
  #open = true;
  #ended = false;
  queuedBytes = 0;
  ended: () => void = () => {};

  private constructor(remote: string) {
    this.remote = remote;
  }

  static pair(address: string): [MemoryChannel, MemoryChannel] {
    const near = new MemoryChannel(address);
    const far = new MemoryChannel('memory');
    near.#other = far;
    far.#other = near;
    return [near, far];
  }

  read(reader: ChannelReader): void {
    this.#reader = reader;
    if (this.#arrived.length > 0 || !this.#open) setImmediate(() => this.#deliver());
  }

  write(bytes: Buffer): boolean {
    if (!this.#open) return true;
    this.queuedBytes += bytes.length;
    if (this.#other.#arrived.push(bytes) === 1) setImmediate(() => this.#other.#deliver());
    return false;
  }

  destroy(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#other.#open = false;
    this.ended();
    this.#other.ended();
    setImmediate(() => {
      this.#other.#deliver();
      this.#deliver();
    });
  }

  #deliver(): void {
    if (!this.#reader) return;
    const chunks = this.#arrived;
    this.#arrived = [];
    for (const chunk of chunks) {
      this.#other.queuedBytes -= chunk.length;
      if (!this.#ended) this.#reader.onBytes(chunk);
    }
    if (this.#open || this.#ended) return;
    this.#ended = true;
    this.#reader.onClose();
  }
}
