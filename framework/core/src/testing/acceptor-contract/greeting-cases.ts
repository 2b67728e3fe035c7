import assert from 'node:assert/strict';
import type { ContractCase } from './case.js';

/** What an acceptor does before a client is let in. */
export const greetingCases: readonly ContractCase[] = [
  {
    title: 'lets a client in after its handshake, and tells the game what it knows of it',
    options: { onConnect: () => undefined },
    async run(frontend) {
      const { session } = await frontend.join({ token: 'ann' });
      assert.equal(frontend.sessions.length, 1);
      assert.equal(session.link.address, '127.0.0.1');
      assert.equal(session.link.queuedBytes >= 0, true);
      const [info] = frontend.asked;
      assert.deepEqual([info?.remoteAddress, info?.user], ['127.0.0.1', { token: 'ann' }]);
      assert.equal(frontend.places.clients, 1);
    },
  },
  {
    title: 'tells a client that the game refuses the code, and closes it',
    options: { onConnect: () => ({ refuse: { code: 403, reason: 'banned' } }) },
    async run(frontend) {
      const client = await frontend.dial();
      assert.equal((await frontend.greet(client)).code, 403);
      await frontend.until(() => client.closed, 'the end of the connection');
      const [session] = frontend.sessions;
      assert.deepEqual([session?.ready, session?.ends.length], [false, 1]);
      assert.equal(frontend.places.clients, 0);
    },
  },
  {
    title: 'hands on no message of a client that has not done its handshake',
    async run(frontend) {
      const client = await frontend.dial();
      client.send({ id: 1, route: 'a.b.c', body: {} });
      const { session } = await frontend.join();
      assert.deepEqual(frontend.sessions.map((one) => one.messages.length).filter(Boolean), []);
      assert.equal(session.link.push(frontend.push('on', {})), true);
      const early = frontend.sessions.find((one) => one !== session);
      assert.equal(early?.link.push(frontend.push('on', {})) ?? false, false);
    },
  },
  {
    title: 'ends a client whose handshake takes too long',
    options: { client: { handshakeTimeoutMs: 5000 } },
    async run(frontend) {
      const client = await frontend.dial();
      const { client: other } = await frontend.join();
      frontend.pass(4);
      assert.equal(client.closed, false);
      frontend.pass(4);
      await frontend.until(() => client.closed, 'the end of the connection');
      assert.equal(other.closed, false);
      assert.deepEqual(
        frontend.sessions.map(({ ends }) => ends.length).filter((ends) => ends > 1),
        [],
      );
    },
  },
  {
    title: 'answers heartbeats, and ends a client that is silent for too long',
    options: { client: { heartbeatTimeoutMs: 10_000 } },
    async run(frontend) {
      const lively = await frontend.join();
      const silent = await frontend.join();
      for (let i = 0; i < 4; i++) {
        const { beats } = lively.client;
        lively.client.beat();
        await frontend.until(() => lively.client.beats > beats, 'the answer to a heartbeat');
        frontend.pass(4);
      }
      await frontend.until(() => silent.client.closed, 'the end of the silent one');
      assert.deepEqual(silent.session.ends, ['heartbeat timeout']);
      assert.deepEqual([lively.client.closed, lively.session.ends], [false, []]);
    },
  },
];
