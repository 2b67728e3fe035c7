import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { ClusterKeys } from '@pomelo-ts/cluster';
import { ServerKeyring } from '@pomelo-ts/cluster/internal';
import { secureDial } from '@pomelo-ts/common/internal';
import { describe, expect, it } from 'vitest';
import { Crowd } from '../../../../test/helpers/crowd.js';
import { MasterListener } from '../../src/listener/master-listener.js';

/** As many from addresses of their own as there are places for strangers, and some more. */
const crowdSize = 1100;

const keys = await ClusterKeys.of({ secret: randomBytes(32).toString('hex') });
const [own] = new ServerKeyring(keys.ofServer('chat-1')).link();

/** Dials from an address, waits until a crowd has come, and only then begins to prove its key. */
async function proofAfterACrowd(
  localAddress: string,
  hosts: readonly string[],
  proofMs = 10_000,
): Promise<string> {
  const listener = await MasterListener.open('127.0.0.1', 0, { keys });
  const served = new Promise<string>((resolve) =>
    listener.servedBy(
      (stream, who) => {
        stream.on('error', () => {}).resume();
        resolve(JSON.stringify(who));
      },
      () => hosts,
    ),
  );
  const slow = connect({ port: listener.port, host: '127.0.0.1', localAddress }).on('error', () => {});
  await once(slow, 'connect');
  const crowd = await Crowd.at(listener.port, crowdSize);
  try {
    // the oldest of all that are strangers
    if (!crowd.sockets[0]!.closed) await once(crowd.sockets[0]!, 'close');
    const stream = await secureDial(slow, own!, proofMs);
    stream.on('error', () => {});
    return await served;
  } finally {
    crowd[Symbol.dispose]();
    slow.destroy();
    await listener.close();
  }
}

describe('the port of a master, while strangers from everywhere flood it', () => {
  it('lets in a slow one from a host of the cluster', async () => {
    expect(await proofAfterACrowd('127.0.0.9', ['10.0.0.1', '127.0.0.9'])).toContain('chat-1');
  });

  it('keeps a place for no other address', async () => {
    await expect(proofAfterACrowd('127.0.0.9', ['10.0.0.1'], 1000)).rejects.toThrow();
  });
});
