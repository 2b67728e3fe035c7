import { expect, it } from 'vitest';
import { SilentPort } from '../../../test/helpers/silent-port.js';
import { connectOperator, dialSecure } from '../src/index.js';
import { ServerKeyring } from '../src/internal.js';
import { entry, keys, LinkBench, until } from './cluster-fixture.js';

it('a master that takes the link’s connection and is silent has its time, and is dialed until it answers', async () => {
  await using bench = new LinkBench('tcp', [entry('chat-1')]);
  bench.hub.admit('chat-1');
  await using silent = await SilentPort.open();
  const own = new ServerKeyring(keys.ofServer('chat-1')).link();
  let answers = false;
  const joining = bench.join('chat-1', {
    dial: () => (answers ? bench.dial() : dialSecure({ host: '127.0.0.1', port: silent.port }, own)),
  });
  await until(() => silent.ended === 1, 'the end of the first connection');
  answers = true;
  expect((await joining).connected).toBe(true);
});

it('an operator is told that whoever answers in the place of the master is silent, and leaves no connection', async () => {
  await using silent = await SilentPort.open();
  const dial = () => dialSecure({ host: '127.0.0.1', port: silent.port, timeoutMs: 500 }, keys.operator);
  await expect(connectOperator({ dial })).rejects.toMatchObject({ code: 'ETIMEDOUT' });
  await until(() => silent.ended === 1, 'the end of the connection');
});
