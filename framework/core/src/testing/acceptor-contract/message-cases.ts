import assert from 'node:assert/strict';
import type { ContractCase } from './case.js';
import type { SentMessage } from './client.js';

const request = (id: number): SentMessage => ({ id, route: 'chat.chatHandler.send', body: { id } });

/** What an acceptor does with messages, answers and pushes. */
export const messageCases: readonly ContractCase[] = [
  {
    title:
      'hands on requests and notifies in their order, several of one piece too, and carries answers back',
    async run(frontend) {
      const { client, session } = await frontend.join();
      client.send(request(1), { id: 0, route: 'chat.chatHandler.note', body: 'é' }, request(300));
      await frontend.until(() => session.messages.length === 3, 'the messages');
      assert.deepEqual(session.messages, [
        { id: 1, route: 'chat.chatHandler.send', body: '{"id":1}' },
        { id: 0, route: 'chat.chatHandler.note', body: '"é"' },
        { id: 300, route: 'chat.chatHandler.send', body: '{"id":300}' },
      ]);
      session.answer(300, { late: false });
      session.answer(1, { text: 'ü' });
      await frontend.until(() => client.answers.length === 2, 'the answers');
      assert.deepEqual(client.answers, [
        { id: 300, body: '{"late":false}' },
        { id: 1, body: '{"text":"ü"}' },
      ]);
    },
  },
  {
    title: 'carries pushes and answers of one tick in the order that they were sent',
    async run(frontend) {
      const { client, session } = await frontend.join();
      const bodies = Array.from({ length: 100 }, (_, n) => ({ n, text: 'x'.repeat((n * 37) % 700) }));
      for (const body of bodies) assert.equal(session.link.push(frontend.push('onChat', body)), true);
      session.answer(1, 'last');
      await frontend.until(() => client.answers.length === 1, 'the answer');
      assert.deepEqual(
        client.pushes,
        bodies.map((body) => ({ route: 'onChat', body: JSON.stringify(body) })),
      );
    },
  },
  {
    title: 'carries a message as long as a package may be, and an answer that is longer',
    async run(frontend) {
      const { client, session } = await frontend.join();
      client.send({ id: 1, route: 'a.b.c', body: 'x'.repeat(60_000) });
      await frontend.until(() => session.messages.length === 1, 'the message');
      assert.equal(session.messages[0]!.body.length, 60_002);
      session.answer(1, 'y'.repeat(200_000));
      await frontend.until(() => client.answers.length === 1, 'the answer');
      assert.equal(client.answers[0]!.body.length, 200_002);
    },
  },
  {
    title: 'encodes a push once for all its clients',
    async run(frontend) {
      const all = [await frontend.join(), await frontend.join(), await frontend.join()];
      const push = frontend.push('onChat', { text: 'hi' });
      for (const { session } of all) assert.equal(session.link.push(push), true);
      for (const { client } of all) await frontend.until(() => client.pushes.length === 1, 'the push');
      assert.deepEqual([...frontend.formats.encoded.values()], [1]);
    },
  },
  {
    title: 'takes whatever bytes come: a client that sends nonsense ends once, and no other notices',
    async run(frontend) {
      const { client: other, session } = await frontend.join();
      for (const [index, bytes] of hostileBytes().entries()) {
        const hostile = index % 2 === 0 ? await frontend.dial() : (await frontend.join()).client;
        hostile.sendBytes(bytes);
      }
      other.send(request(7));
      await frontend.until(() => session.messages.length === 1, 'the message of the other');
      frontend.pass(120);
      await frontend.until(() => frontend.places.clients === 0, 'the end of all');
      assert.deepEqual(
        frontend.sessions.map(({ ends }) => ends.length).filter((ends) => ends !== 1),
        [],
      );
    },
  },
];

/** Bytes that no client sends; the same in each run. */
function hostileBytes(): Uint8Array[] {
  let seed = 12_345;
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return (seed >>> 8) % below;
  };
  const random = Array.from({ length: 40 }, () =>
    Uint8Array.from({ length: 1 + next(300) }, () => next(256)),
  );
  const zeros = new Uint8Array(100_000);
  return [
    ...random,
    zeros,
    zeros.map(() => 0xff),
    Uint8Array.from([4, 0xff, 0xff, 0xff]),
    Uint8Array.from([4, 0, 0, 1, 0xff]),
  ];
}
