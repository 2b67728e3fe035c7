import assert from 'node:assert/strict';
import type { MovingAcceptor, TakenLink } from '../../acceptor.js';
import type { ClientLink } from '../../client-link.js';
import { fill } from './bound-cases.js';
import type { ContractClient, SentMessage } from './client.js';
import type { ContractFrontend, FrontendOptions, Joined } from './frontend.js';
import type { ContractSession } from './session.js';

/** Two frontends, of which the second one goes on with clients of the first. */
export interface MovingPair {
  readonly old: ContractFrontend;
  readonly next: ContractFrontend;
}

/** A case of acceptors whose links move. */
export interface MovingCase {
  readonly title: string;
  readonly options?: FrontendOptions;
  run(pair: MovingPair): Promise<void>;
}

const request = (id: number): SentMessage => ({ id, route: 'chat.chatHandler.send', body: { id } });
const idsOf = ({ messages }: ContractSession): number[] => messages.map(({ id }) => id);
const drops = { client: { sendQueue: { maxBytes: 64 * 1024, policy: 'drop' } } } as const;

/** The acceptor, whatever carries its connections. */
function acceptorOf({ acceptor }: ContractFrontend): MovingAcceptor<unknown> {
  const { takeApart, adopt } = acceptor as Partial<MovingAcceptor<unknown>>;
  assert.ok(takeApart && adopt, 'an acceptor whose links move has takeApart and adopt');
  return acceptor as MovingAcceptor<unknown>;
}

const takeApart = (frontend: ContractFrontend, link: ClientLink): TakenLink<unknown> | undefined =>
  acceptorOf(frontend).takeApart(link);

/** Moves a client; gives its new session. */
function move({ old, next }: MovingPair, session: ContractSession): ContractSession {
  const taken = takeApart(old, session.link);
  assert.ok(taken, 'a link that does nothing else is taken apart');
  // As it would travel to another process.
  const link = acceptorOf(next).adopt({ ...taken, state: structuredClone(taken.state) });
  const moved = next.sessions.at(-1);
  assert.equal(moved?.link, link, 'adopt() opens one client, and gives its link');
  return moved;
}

/** Asks a request by the client, has the session answer it, and waits until the client has the answer. */
async function goesOn(frontend: ContractFrontend, { client, session }: Joined, id: number): Promise<void> {
  client.send(request(id));
  await frontend.until(() => idsOf(session).includes(id), 'a request');
  session.answer(id, `to ${id}`);
  await frontend.until(() => client.answers.some((one) => one.id === id), 'its answer');
}

function sendCut(client: ContractClient, message: SentMessage): () => void {
  assert.ok(client.sendCut, 'the client of an acceptor whose links move has sendCut');
  return client.sendCut(message);
}

/** What an acceptor does whose living links can go on at another one. */
export const movingCases: readonly MovingCase[] = [
  {
    title: 'takes a link apart that another acceptor goes on with, and the client notices nothing',
    async run(pair) {
      const { old, next } = pair;
      const { client, session } = await old.join();
      await goesOn(old, { client, session }, 1);
      const moved = move(pair, session);
      assert.deepEqual([session.taken, moved.ready, moved.taken], [true, true, false]);
      assert.deepEqual([old.places.clients, next.places.clients], [0, 1]);
      assert.deepEqual([moved.link.address, next.asked], [session.link.address, []]);
      await goesOn(next, { client, session: moved }, 2);
      assert.equal(moved.link.push(next.push('onMoved', 1)), true);
      await next.until(() => client.pushes.length === 1, 'a push of the next one');
      assert.deepEqual([idsOf(session), idsOf(moved), session.ends], [[1], [2], []]);
      moved.link.kick('enough');
      await next.until(() => client.closed, 'the end of the connection');
      assert.deepEqual([client.kicked, moved.ends, session.ends], ['enough', ['enough'], []]);
      assert.equal(next.places.clients, 0);
    },
  },
  {
    title: 'loses nothing of a message that had come in part when its link was taken apart',
    async run(pair) {
      const { client, session } = await pair.old.join();
      await goesOn(pair.old, { client, session }, 1);
      const rest = sendCut(client, request(2));
      // What was sent before it has come: so part of it may have, too.
      await new Promise((resolve) => setImmediate(resolve));
      const moved = move(pair, session);
      rest();
      client.send(request(3));
      await pair.next.until(() => moved.messages.length === 2, 'the messages');
      assert.deepEqual([idsOf(session), idsOf(moved)], [[1], [2, 3]]);
    },
  },
  {
    title: 'keeps what a client sends while nobody has its connection',
    async run(pair) {
      const { client, session } = await pair.old.join();
      const taken = takeApart(pair.old, session.link);
      client.send(request(1), request(2));
      await new Promise((resolve) => setImmediate(resolve));
      assert.ok(taken);
      acceptorOf(pair.next).adopt(taken);
      const moved = pair.next.sessions.at(-1)!;
      await pair.next.until(() => moved.messages.length === 2, 'the messages');
      assert.deepEqual([idsOf(moved), idsOf(session)], [[1, 2], []]);
    },
  },
  {
    title: 'has a link that was taken apart do nothing, and lets its acceptor close without it',
    async run(pair) {
      const { client, session } = await pair.old.join();
      const moved = move(pair, session);
      assert.equal(session.link.push(pair.old.push('onOld', 1)), false);
      session.answer(1, 'of the old one');
      session.link.kick('of the old one');
      session.link.drop('of the old one');
      await pair.old.within(pair.old.acceptor.close('moved all'), 'the end of the old acceptor');
      await goesOn(pair.next, { client, session: moved }, 2);
      assert.deepEqual([client.answers.length, client.pushes, client.kicked], [1, [], undefined]);
      client.close();
      await pair.next.until(() => moved.ends.length === 1, 'the end of its session');
      assert.deepEqual([session.ends, pair.next.places.clients], [[], 0]);
    },
  },
  {
    title: 'hears the silence of a client that has come by another acceptor',
    options: { client: { heartbeatTimeoutMs: 10_000 } },
    async run(pair) {
      const lively = await pair.old.join();
      const silent = await pair.old.join();
      const [movedLively, movedSilent] = [lively, silent].map(({ session }) => move(pair, session));
      for (let i = 0; i < 4; i++) {
        const { beats } = lively.client;
        lively.client.beat();
        await pair.next.until(() => lively.client.beats > beats, 'the answer to a heartbeat');
        pair.next.pass(4);
      }
      await pair.next.until(() => silent.client.closed, 'the end of the silent one');
      assert.deepEqual([movedSilent!.ends, movedLively!.ends], [['heartbeat timeout'], []]);
      assert.equal(lively.client.closed, false);
    },
  },
  {
    title:
      'takes no link apart in its handshake, of another acceptor, while something waits to leave, or after its end',
    options: drops,
    async run(pair) {
      const { old } = pair;
      await old.dial();
      for (const { link } of old.sessions) assert.equal(takeApart(old, link), undefined);
      const joined = await old.join();
      const { client, session } = joined;
      assert.equal(takeApart(pair.next, session.link), undefined);
      await fill(old, joined);
      assert.equal(takeApart(old, session.link), undefined);
      assert.deepEqual([session.taken, session.ends], [false, []]);
      client.read(true);
      await old.until(() => session.link.queuedBytes === 0, 'the end of what waits');
      await goesOn(old, joined, 1);
      session.link.drop('over');
      assert.equal(takeApart(old, session.link), undefined);
      assert.deepEqual([session.taken, session.ends], [false, ['over']]);
    },
  },
];
