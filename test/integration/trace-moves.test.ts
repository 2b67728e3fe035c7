import { fileURLToPath } from 'node:url';
import { ClusterKeys } from '@pomelo-ts/cluster';
import { silentLogger } from '@pomelo-ts/common';
import { buildIdOf, Master, type Operations } from '@pomelo-ts/master';
import { expect, it } from 'vitest';
import { eventually } from '../helpers/cluster-process.js';
import { RawClient } from '../helpers/raw-client.js';
import { TemporaryGame } from '../helpers/temporary-game.js';

/* One user who goes from one frontend to another while somebody traces them, on real servers. */

type TraceLine = Operations['users.trace']['progress']['lines'][number];

const place = fileURLToPath(import.meta.resolve('@pomelo-ts/core/boot'));
const agent = fileURLToPath(import.meta.resolve('@pomelo-ts/master/host-agent'));
const principal = { name: 'ann@desk', via: 'test' };

const entry = `export default () => ({
  enter: async ({ uid }, session) => { await session.bind(uid); return { code: 200 }; },
});`;
const chat = `export default () => ({ say: () => ({ code: 200 }) });`;

it('tells what a user does on one frontend and then on another, in the order in which it was', async () => {
  using files = await TemporaryGame.make({
    servers: {
      connector: [
        { id: 'connector-1', frontend: true },
        { id: 'connector-2', frontend: true },
      ],
      chat: [{ id: 'chat-1' }],
    },
    app: 'export default { setUp() {} };',
    handlers: { connector: { entryHandler: entry }, chat: { chatHandler: chat } },
  });
  const master = new Master({
    config: files.config,
    keys: await ClusterKeys.of({ secret: 'the secret of a game in which one is traced' }),
    bootScript: place,
    agentScript: agent,
    buildId: buildIdOf(files.root),
    exitWithParent: true,
    logger: silentLogger,
  });
  try {
    await master.listen();
    await master.start();
    const lines: TraceLine[] = [];
    const gone = new AbortController();
    const options = {
      principal,
      gone: gone.signal,
      onProgress: (news: Operations['users.trace']['progress']) => lines.push(...news.lines),
    };
    const ended = master.operate('users.trace', { uid: 'ann', forMs: 600_000 }, options);
    const join = (id: string) =>
      RawClient.join(files.config.servers.find((server) => server.id === id)!.clientPort!);
    const enter = (client: RawClient) => client.request('connector.entryHandler.enter', { uid: 'ann' });
    const say = (client: RawClient) => client.request('chat.chatHandler.say', {});

    const first = await join('connector-1');
    await enter(first);
    await eventually(async () => {
      await say(first);
      return lines.some(({ what }) => what === 'chat.chatHandler.say');
    }, 'the trace has begun on the first frontend');
    await first[Symbol.asyncDispose]();
    await eventually(() => lines.some(({ kind }) => kind === 'ended'), 'the end of the first session');
    await using second = await join('connector-2');
    await enter(second);
    await say(second);
    gone.abort();
    expect(await ended).toMatchObject({ ended: 'gone', lost: 0, lines: lines.length });

    const seen = lines.map(({ server, kind, what }) => [server, kind, kind === 'ended' ? '' : what]);
    const end = seen.findIndex(([, kind]) => kind === 'ended');
    const [before, after] = [seen.slice(0, end), seen.slice(end + 1)];
    expect(seen[end]![0]).toBe('connector-1');
    expect(new Set(before.map(([server]) => server))).toEqual(new Set(['connector-1', 'chat-1']));
    expect(after.map(([server, kind]) => `${server} ${kind}`)).toEqual([
      'connector-2 bound',
      'connector-2 answer',
      'connector-2 request',
      'chat-1 work',
      'connector-2 answer',
    ]);
    const [one, two] = ['connector-1', 'connector-2'].map(
      (id) => new Set(lines.flatMap(({ server, session }) => (server === id && session ? [session] : []))),
    );
    expect([one!.size, two!.size, new Set([...one!, ...two!]).size]).toEqual([1, 1, 2]);
    const times = lines.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  } finally {
    await master.operate('servers.stop', {}, { principal });
    await master.close();
  }
});
