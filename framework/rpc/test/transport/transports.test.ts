import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import type { NamedKey } from '@pomelo-ts/common/internal';
import { describe, expect, it } from 'vitest';
import { transportContract } from '../../src/testing/transport-contract.js';
import { MemoryNetwork, memoryTransport } from '../../src/transport/memory.js';
import { type RpcEncryption, tcpTransport } from '../../src/transport/tcp.js';

const key: NamedKey = { name: 'rpc:a', key: randomBytes(32) };
const other: NamedKey = { name: 'rpc:b', key: randomBytes(32) };
const secured = (encryption: RpcEncryption, ...keys: NamedKey[]) =>
  tcpTransport({ keys: () => (keys.length > 0 ? keys : [key]), encryption });

describe('the TCP transport', () => {
  for (const { title, run } of transportContract(() => tcpTransport())) it(title, run);
});

describe.each(['auto', 'always', 'never'] as const)('the TCP transport that encrypts %s', (encryption) => {
  for (const { title, run } of transportContract(() => secured(encryption))) it(title, run);
});

describe('the memory transport', () => {
  for (const { title, run } of transportContract(() => memoryTransport(new MemoryNetwork()))) it(title, run);
});

describe('what travels between two addresses', () => {
  /** The bytes of the dialer, as seen on the way to where `listener` listens on another address of this machine. */
  async function seen(encryption: RpcEncryption): Promise<string> {
    let arrived = () => {};
    const arrival = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const listener = await secured(encryption).listen({ host: '127.0.0.3', port: 0 }, (channel) =>
      channel.read({ onBytes: () => arrived(), onClose: () => {} }),
    );
    const bytes: Buffer[] = [];
    const middle = createServer((near) => {
      const far = connect({ host: '127.0.0.3', port: listener.port, localAddress: '127.0.0.2' });
      near.on('data', (chunk: Buffer) => {
        bytes.push(chunk);
        far.write(chunk);
      });
      far.on('data', (chunk: Buffer) => near.write(chunk));
      near.on('error', () => {}).on('close', () => far.destroy());
      far.on('error', () => {}).on('close', () => near.destroy());
    });
    await once(middle.listen(0, '127.0.0.2'), 'listening');
    const { port } = middle.address() as AddressInfo;
    const channel = await secured(encryption).dial({ host: '127.0.0.2', port }, 2000);
    channel.write(Buffer.from('what is said'));
    await arrival;
    channel.destroy();
    middle.close();
    await listener.close();
    return Buffer.concat(bytes).toString('latin1');
  }

  it.each(['auto', 'always'] as const)('cannot be read with %s', async (encryption) => {
    expect(await seen(encryption)).not.toContain('what is said');
  });

  it('is plain with never', async () => {
    expect(await seen('never')).toContain('what is said');
  });
});

describe('the TCP transport and whoever dials it', () => {
  /** Listens, and dials with another transport from another address; what the listener refused. */
  async function meet(
    near: RpcEncryption,
    far: RpcEncryption,
    keys: { near?: NamedKey[]; far?: NamedKey[] } = {},
  ) {
    const refused: Error[] = [];
    let channels = 0;
    const listener = await secured(far, ...(keys.far ?? [])).listen(
      { host: '127.0.0.3', port: 0 },
      (channel) => {
        channels++;
        channel.read({ onBytes: () => {}, onClose: () => {} });
      },
      (error) => refused.push(error),
    );
    const dialing = secured(near, ...(keys.near ?? [])).dial(
      { host: '127.0.0.3', port: listener.port },
      2000,
    );
    const error = await dialing.then(
      async (channel) => {
        const closed = new Promise<void>((done) =>
          channel.read({ onBytes: () => {}, onClose: () => done() }),
        );
        channel.write(Buffer.from('plain, or not'));
        await Promise.race([closed, expect.poll(() => channels + refused.length).toBe(1)]);
        channel.destroy();
        return undefined;
      },
      (failure: Error) => failure,
    );
    await expect.poll(() => channels + refused.length).toBe(1);
    await listener.close();
    return { error, refused: refused[0], channels };
  }

  it.each(['auto', 'always'] as const)(
    'refuses plain bytes from elsewhere with %s, and says why',
    async (far) => {
      const { channels, refused } = await meet('never', far);
      expect(channels).toBe(0);
      expect(refused).toMatchObject({
        code: 'FRAME_INVALID',
        message: expect.stringContaining(`it is not encrypted, and rpc.encryption is ${far} here`),
      });
    },
  );

  it('takes encrypted bytes also where it would not encrypt itself', async () => {
    expect((await meet('always', 'never')).channels).toBe(1);
  });

  it('refuses whoever does not have the key', async () => {
    const { error, refused, channels } = await meet('always', 'always', { near: [other] });
    expect(channels).toBe(0);
    expect(error).toMatchObject({ code: 'PROOF_WRONG' });
    expect(refused).toMatchObject({ code: 'PROOF_WRONG' });
  });

  it('dials by the key before, where the new one is not known yet', async () => {
    const dialed = secured('always', other, key);
    const listened = secured('always', key);
    const listener = await listened.listen({ host: '127.0.0.1', port: 0 }, (channel) =>
      channel.read({ onBytes: (chunk) => channel.write(chunk), onClose: () => {} }),
    );
    const channel = await dialed.dial({ host: '127.0.0.1', port: listener.port }, 2000);
    const echoed = new Promise<string>((done) =>
      channel.read({ onBytes: (chunk) => done(chunk.toString()), onClose: () => {} }),
    );
    channel.write(Buffer.from('hello'));
    expect(await echoed).toBe('hello');
    channel.destroy();
    await listener.close();
  });
});
