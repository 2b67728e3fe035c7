import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Crowd } from '../../../test/helpers/crowd.js';
import { RpcNode } from '../src/index.js';
import { tcpTransport } from '../src/transport/tcp.js';
import type { RpcChannel } from '../src/transport.js';
import { proveTo, testKey } from './cluster-of-nodes.js';

/** As many from addresses of their own as there are places for strangers, and some more. */
const crowdSize = 1200;
const slowPeer = { id: 'b-1', bootId: 'boot-of-b' };

/** A socket as a channel whose reader hears nothing until `heard`. */
function channelOf(socket: Socket, heard: Promise<void>): RpcChannel {
  return {
    remote: 'the node',
    queuedBytes: 0,
    read: ({ onBytes, onClose }) => {
      socket.on('close', () => onClose());
      void heard.then(() => socket.on('data', onBytes));
    },
    write: (bytes) => {
      socket.write(Buffer.from(bytes));
      return true;
    },
    destroy: () => void socket.destroy(),
  };
}

/**
 * A peer dials from 127.0.0.9; then a crowd comes that proves nothing; then the peer goes on, and proves its key.
 *
 * @param host where the registry has that peer
 */
async function proofAfterACrowd(host: string, saidBefore: boolean, proofMs = 15_000): Promise<void> {
  const transport = tcpTransport({ keys: () => [testKey], encryption: 'never' });
  const self = { id: 'a-1', bootId: 'boot-of-a' };
  const node = new RpcNode({ ...self, keys: () => [testKey], transport, handlers: { request: () => 1 } });
  const port = await node.listen({ host: '127.0.0.1', port: 0 });
  node.addPeer({ ...slowPeer, type: 'b', host });
  const slow = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.9' }).on('error', () => {});
  await once(slow, 'connect');
  let goOn = () => {};
  const channel = channelOf(slow, new Promise((resolve) => (goOn = resolve)));
  const prove = () => proveTo(channel, self, slowPeer, testKey, proofMs);
  const begun = saidBefore ? prove() : undefined;
  begun?.catch(() => {}); // it is looked at below
  const crowd = await Crowd.at(port, crowdSize, saidBefore ? Buffer.alloc(3) : undefined);
  try {
    const [oldest] = crowd.sockets;
    if (!oldest!.closed) await once(oldest!, 'close');
    goOn();
    const { peer } = await (begun ?? prove());
    expect(peer.id).toBe('a-1');
    await expect.poll(() => node.peer('b-1')?.connection !== undefined).toBe(true);
  } finally {
    crowd[Symbol.dispose]();
    slow.destroy();
    await node.close();
  }
}

describe('the port for calls, while strangers from everywhere flood it', () => {
  it.each([
    ['by its address, that has said nothing yet', '127.0.0.9', false],
    ['by its address, that has begun its proof', '127.0.0.9', true],
  ])('lets in a slow peer from a host of the cluster, known %s', (_, host, saidBefore) =>
    proofAfterACrowd(host, saidBefore),
  );

  it.each([
    ['says nothing yet', false],
    ['has begun its proof', true],
  ])('keeps a place for no other address that %s', async (_, saidBefore) => {
    await expect(proofAfterACrowd('10.0.0.1', saidBefore, 3000)).rejects.toThrow();
  });
});
