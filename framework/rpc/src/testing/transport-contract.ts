import assert from 'node:assert/strict';
import type { RpcChannel, RpcTransport } from '../transport.js';

/** One thing a transport must do. */
export interface TransportCase {
  readonly title: string;
  run(): Promise<void>;
}

/**
 * What every {@link RpcTransport} must do, as cases for any test runner.
 *
 * @example for (const { title, run } of transportContract(() => tcpTransport())) it(title, run);
 */
export function transportContract(create: () => RpcTransport, host = '127.0.0.1'): TransportCase[] {
  const withPair = async (use: (near: End, far: End) => Promise<void>): Promise<void> => {
    const transport = create();
    let accept!: (end: End) => void;
    const accepted = new Promise<End>((resolve) => {
      accept = resolve;
    });
    const listener = await transport.listen({ host, port: 0 }, (channel) => accept(new End(channel)));
    const near = new End(await transport.dial({ host, port: listener.port }, 2000));
    near.channel.write(Buffer.from('!')); // whoever dials speaks first
    try {
      const far = await accepted;
      await far.take(1);
      await use(near, far);
    } finally {
      near.channel.destroy();
      await listener.close();
    }
  };
  return [
    {
      title: 'carries bytes both ways in order',
      run: () =>
        withPair(async (near, far) => {
          near.channel.write(Buffer.from('ab'));
          near.channel.write(Buffer.from('cd'));
          far.channel.write(Buffer.from('xyz'));
          assert.equal(await far.take(4), 'abcd');
          assert.equal(await near.take(3), 'xyz');
        }),
    },
    {
      title: 'carries a megabyte and counts what waits',
      run: () =>
        withPair(async (near, far) => {
          near.channel.write(Buffer.alloc(1024 * 1024, 'm'));
          assert.ok(near.channel.queuedBytes >= 0);
          assert.equal((await far.take(1024 * 1024)).length, 1024 * 1024);
        }),
    },
    {
      title: 'may write over the bytes only when write says so',
      run: () =>
        withPair(async (near, far) => {
          const bytes = Buffer.from('first');
          if (near.channel.write(bytes)) bytes.fill('X');
          assert.equal(await far.take(5), 'first');
        }),
    },
    {
      title: 'tells both ends once that the channel closed',
      run: () =>
        withPair(async (near, far) => {
          near.channel.write(Buffer.from('last'));
          near.channel.destroy();
          assert.equal(await far.take(4), 'last');
          await Promise.all([near.closed, far.closed]);
          assert.deepEqual([near.closes, far.closes], [1, 1]);
        }),
    },
    {
      title: 'rejects a dial to a port where nobody listens',
      run: async () => {
        const transport = create();
        const listener = await transport.listen({ host, port: 0 }, (channel) => channel.destroy());
        await listener.close();
        await assert.rejects(transport.dial({ host, port: listener.port }, 2000), { code: 'ECONNREFUSED' });
      },
    },
    {
      title: 'rejects listening on a port that is taken',
      run: async () => {
        const transport = create();
        const listener = await transport.listen({ host, port: 0 }, (channel) => channel.destroy());
        await assert.rejects(
          transport.listen({ host, port: listener.port }, () => {}),
          { code: 'EADDRINUSE' },
        );
        await listener.close();
      },
    },
  ];
}

class End {
  readonly channel: RpcChannel;
  readonly closed: Promise<void>;
  closes = 0;
  #bytes = Buffer.alloc(0);
  #arrived = (): void => {};

  constructor(channel: RpcChannel) {
    this.channel = channel;
    this.closed = new Promise((resolve) => {
      channel.read({
        onBytes: (chunk) => {
          this.#bytes = Buffer.concat([this.#bytes, chunk]);
          this.#arrived();
        },
        onClose: () => {
          this.closes++;
          resolve();
        },
      });
    });
  }

  async take(count: number): Promise<string> {
    while (this.#bytes.length < count) {
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
    const text = this.#bytes.toString('utf8', 0, count);
    this.#bytes = this.#bytes.subarray(count);
    return text;
  }
}
