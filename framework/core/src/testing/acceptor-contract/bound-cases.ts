import assert from 'node:assert/strict';
import type { ContractCase } from './case.js';
import type { ContractFrontend, Joined } from './frontend.js';

const maxBytes = 64 * 1024;
const chunk = 'x'.repeat(32 * 1024);
/** Far more than all buffers of a system take. */
const mostPushes = 10_000;

/** Pushes to a client that does not read, until one is not taken. */
export async function fill(frontend: ContractFrontend, { client, session }: Joined): Promise<void> {
  client.read(false);
  for (let i = 0; i < mostPushes; i++) {
    if (!session.link.push(frontend.push('onMore', chunk))) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.fail('whatever is pushed to a client that reads nothing is taken');
}

/** What an acceptor does with clients that read too slowly, and with too many of them. */
export const boundCases: readonly ContractCase[] = [
  {
    title: 'drops pushes for a client that reads too slowly, and goes on when it has read',
    options: { client: { sendQueue: { maxBytes, policy: 'drop' } } },
    async run(frontend) {
      const joined = await frontend.join();
      const { client, session } = joined;
      await fill(frontend, joined);
      const { queuedBytes } = session.link;
      assert.ok(queuedBytes > maxBytes);
      const behind = { sum: queuedBytes, largest: queuedBytes, slow: 1 };
      assert.deepEqual(frontend.queues.waiting, behind, 'context.queues must know who has not read all');
      assert.deepEqual(session.ends, []);
      client.read(true);
      await frontend.until(() => session.link.queuedBytes === 0, 'the end of what waits');
      assert.equal(session.link.push(frontend.push('onAgain', 1)), true);
      await frontend.until(() => client.pushes.at(-1)?.route === 'onAgain', 'the push');
      assert.equal(frontend.counters.pushDropped.slow.value, 1);
      frontend.pass(1);
      assert.deepEqual(frontend.queues.waiting, { sum: 0, largest: 0, slow: 0 });
    },
  },
  {
    title: 'closes a client that reads too slowly, where the settings say so',
    options: { client: { sendQueue: { maxBytes, policy: 'close' } } },
    async run(frontend) {
      const joined = await frontend.join();
      await fill(frontend, joined);
      assert.deepEqual(joined.session.ends, ['too slow']);
      assert.equal(frontend.counters.clientClosedSlow.value, 1);
      assert.equal(frontend.queues.waiting.sum, 0, 'context.queues must be told of the end');
      assert.equal(frontend.places.clients, 0);
    },
  },
  {
    title: 'closes a client that lets answers pile up, whatever becomes of pushes',
    options: { client: { sendQueue: { maxBytes, policy: 'drop' } } },
    async run(frontend) {
      const joined = await frontend.join();
      await fill(frontend, joined);
      joined.session.answer(1, 'more');
      assert.deepEqual(joined.session.ends, ['too slow']);
    },
  },
  {
    title:
      'closes a client that sends more at once than a package may have, hands none of it on, and no other notices',
    async run(frontend) {
      const { client, session } = await frontend.join();
      const other = await frontend.join();
      client.send({ id: 1, route: 'a.b.c', body: 'x'.repeat(3 * maxBytes) });
      await frontend.until(() => client.closed, 'the end of a client beyond client.maxPackageBytes');
      await frontend.until(() => session.ends.length === 1, 'the end of its session');
      other.client.send({ id: 2, route: 'a.b.c', body: 'y' });
      await frontend.until(() => other.session.messages.length === 1, 'the message of the other');
      assert.deepEqual([session.messages, session.ends.length, other.session.ends], [[], 1, []]);
    },
  },
  {
    title: 'refuses a client for whom there is no place, and takes the next when one has gone',
    options: { maxConnections: 1 },
    async run(frontend) {
      const { client, session } = await frontend.join();
      await assert.rejects(frontend.join(), /503/);
      assert.equal(frontend.sessions.length, 1);
      client.close();
      await frontend.until(() => session.ends.length === 1, 'the end of the first');
      await frontend.join();
    },
  },
  {
    title: 'refuses a client of an address that has too many',
    options: { maxConnectionsPerAddress: 1 },
    async run(frontend) {
      await frontend.join();
      await assert.rejects(frontend.join(), /429/);
      assert.equal(frontend.places.clients, 1);
    },
  },
];
