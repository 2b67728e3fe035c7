import type { ChannelReader, RpcChannel, RpcTransport } from '../src/transport.js';

/** A transport whose channels can be frozen, as those to a machine that was unplugged: nothing arrives, no end is seen. */
export class HoldingTransport implements RpcTransport {
  readonly name = 'holding';
  readonly #inner: RpcTransport;
  readonly #channels: HoldingChannel[] = [];
  #frozen = false;

  constructor(inner: RpcTransport) {
    this.#inner = inner;
  }

  listen: RpcTransport['listen'] = (address, onChannel) =>
    this.#inner.listen(address, (channel) => {
      if (this.#frozen) channel.destroy();
      else onChannel(this.#hold(channel));
    });

  dial: RpcTransport['dial'] = async (address, timeoutMs) => {
    if (this.#frozen) throw new Error('the network is down');
    return this.#hold(await this.#inner.dial(address, timeoutMs));
  };

  /** What has arrived on frozen channels: pieces of bytes, and ends. */
  get held(): number {
    return this.#channels.reduce((sum, channel) => sum + channel.held, 0);
  }

  freeze(): void {
    this.#frozen = true;
    for (const channel of this.#channels) channel.frozen = true;
  }

  /** New channels work again; what arrived on old ones meanwhile comes now. */
  thaw(): void {
    this.#frozen = false;
    for (const channel of this.#channels.splice(0)) channel.thaw();
  }

  /** Ends all channels, and with them what was held; nobody can dial until {@link thaw}. */
  cut(): void {
    this.#frozen = true;
    for (const channel of this.#channels.splice(0)) channel.cut();
  }

  #hold(channel: RpcChannel): RpcChannel {
    const held = new HoldingChannel(channel);
    this.#channels.push(held);
    return held;
  }
}

class HoldingChannel implements RpcChannel {
  frozen = false;
  readonly #inner: RpcChannel;
  #held: (() => void)[] = [];

  constructor(inner: RpcChannel) {
    this.#inner = inner;
  }

  get held(): number {
    return this.#held.length;
  }

  get remote(): string {
    return this.#inner.remote;
  }

  get queuedBytes(): number {
    return this.#inner.queuedBytes;
  }

  read(reader: ChannelReader): void {
    const later = (fn: () => void): void => void (this.frozen ? this.#held.push(fn) : fn());
    this.#inner.read({
      onBytes: (chunk) => {
        const bytes = Buffer.from(chunk);
        later(() => reader.onBytes(bytes));
      },
      onClose: (error) => later(() => reader.onClose(error)),
    });
  }

  write(bytes: Buffer): boolean {
    return this.#inner.write(bytes);
  }

  destroy(): void {
    if (this.frozen) this.#held.push(() => this.#inner.destroy());
    else this.#inner.destroy();
  }

  cut(): void {
    this.#held = [];
    this.frozen = false;
    this.#inner.destroy();
  }

  thaw(): void {
    this.frozen = false;
    for (const fn of this.#held.splice(0)) fn();
  }
}
