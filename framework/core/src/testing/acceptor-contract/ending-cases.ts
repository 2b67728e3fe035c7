import assert from 'node:assert/strict';
import type { ContractCase } from './case.js';

/** What an acceptor does when a connection ends, from either side. */
export const endingCases: readonly ContractCase[] = [
  {
    title: 'tells a client that is kicked why, after all that was sent before; its session hears once',
    async run(frontend) {
      const { client, session } = await frontend.join();
      session.link.push(frontend.push('onLast', 1));
      session.link.kick('banned');
      session.link.kick('again');
      session.link.drop('and again');
      assert.deepEqual(session.ends, ['banned']);
      await frontend.until(() => client.closed, 'the end of the connection');
      assert.deepEqual([client.kicked, client.pushes.length], ['banned', 1]);
      assert.deepEqual(session.ends, ['banned']);
    },
  },
  {
    title: 'ends a client at once that is dropped; its session hears once',
    async run(frontend) {
      const { client, session } = await frontend.join();
      session.link.drop('too many');
      assert.deepEqual(session.ends, ['too many']);
      await frontend.until(() => client.closed, 'the end of the connection');
      assert.deepEqual([client.kicked, session.ends, frontend.places.clients], [undefined, ['too many'], 0]);
    },
  },
  {
    title: 'tells the session once that its client has gone',
    async run(frontend) {
      const { client, session } = await frontend.join();
      client.close();
      await frontend.until(() => session.ends.length > 0, 'the end of the session');
      assert.deepEqual([session.ends, frontend.places.clients], [['disconnected'], 0]);
    },
  },
  {
    title: 'sends nothing that comes after the end',
    async run(frontend) {
      const { client, session } = await frontend.join();
      client.send({ id: 1, route: 'a.b.c', body: {} });
      await frontend.until(() => session.messages.length === 1, 'the message');
      session.link.kick('over');
      session.answer(1, 'late');
      assert.equal(session.link.push(frontend.push('onLate', 1)), false);
      await frontend.until(() => client.closed, 'the end of the connection');
      assert.deepEqual([client.answers, client.pushes, client.kicked], [[], [], 'over']);
    },
  },
  {
    title: 'lets no new client in once it accepts none, and keeps those that there are',
    async run(frontend) {
      const { client, session } = await frontend.join();
      frontend.acceptor.stopAccepting();
      const refused = await frontend.dial().then(
        (late) =>
          frontend.greet(late).then(
            ({ code }) => code !== 200,
            () => true,
          ),
        () => true,
      );
      assert.equal(refused, true);
      client.send({ id: 1, route: 'a.b.c', body: {} });
      await frontend.until(() => session.messages.length === 1, 'the message');
    },
  },
  {
    title:
      'tells all why when it closes, those in their handshake go too, and is done when the last has gone',
    async run(frontend) {
      const all = [await frontend.join(), await frontend.join()];
      const greeting = await frontend.dial();
      await frontend.within(frontend.acceptor.close('maintenance'), 'the end of close()');
      for (const { client, session } of all) {
        await frontend.until(() => client.closed, 'the end of a connection');
        assert.deepEqual([client.kicked, session.ends], ['maintenance', ['maintenance']]);
      }
      await frontend.until(() => greeting.closed, 'the end of the one in its handshake');
      assert.equal(frontend.places.clients, 0);
    },
  },
];
