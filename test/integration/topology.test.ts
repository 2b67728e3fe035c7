import { describe, expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';

const servers = {
  chat: [
    { id: 'chat-1', port: 6112 },
    { id: 'chat-2', port: 6113 },
  ],
  gate: [{ id: 'gate-1', clientPort: 6118, frontend: true }],
};
const production = { env: { POMELO_TS_SECRET: 'of the integration tests' } };
const daemon = ['-D', '-e', 'production'];

async function started(): Promise<TestGame> {
  const game = await TestGame.make(servers, production);
  expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 });
  return game;
}

const pidsOf = (rows: Awaited<ReturnType<TestGame['rows']>>) =>
  Object.fromEntries(Object.entries(rows).map(([id, { pid }]) => [id, pid]));

describe('add', () => {
  it('starts a server of pomelo’s key=value form, and the next master knows it', async () => {
    await using game = await started();
    const { code, stdout } = await game.run('add', 'serverType=chat', 'id=chat-3', 'port=6114', 'zone=007');
    expect(stdout).toMatch(/^chat-3 {2}chat {2}\d+ +127\.0\.0\.1:6114$/m);
    expect(code).toBe(0);
    const before = await game.rows();
    expect(before['chat-3']).toMatchObject({ state: 'ready' });
    process.kill(Number(game.read('.pomelo-ts/master.pid')), 'SIGKILL');
    await eventually(async () => (await game.run('list')).stderr.includes('live on'), 'the master’s end');
    expect((await game.run('start', ...daemon)).stdout).toContain(
      'came back: chat-1, chat-2, gate-1, chat-3',
    );
    expect(pidsOf(await game.rows())).toEqual(pidsOf(before));
    await game.run('stop');
    expect((await game.run('start', ...daemon)).stdout).toContain('4 servers ready');
  });

  it('counts ids on with clusterCount, and never gives one twice', async () => {
    await using game = await started();
    const add = (port: string) => game.run('add', 'serverType=chat', 'clusterCount=2', `port=${port}`);
    expect((await add('6120++')).code).toBe(0);
    expect((await game.run('remove', 'cluster-server-chat-1')).code).toBe(0);
    expect((await add('6122++')).code).toBe(0);
    const ids = Object.keys(await game.rows()).filter((id) => id.startsWith('cluster'));
    expect(ids).toEqual([0, 2, 3].map((n) => `cluster-server-chat-${n}`));
  });

  it('reads a text and a file of JSON5', async () => {
    await using game = await started();
    expect((await game.run('add', '{serverType: "chat", id: "chat-3", port: 6114}')).code).toBe(0);
    game.write('more.json', { chat: [{ id: 'chat-4', port: 6115 }] });
    expect((await game.run('add', '--file', `${game.root}/more.json`)).code).toBe(0);
    expect(Object.keys(await game.rows())).toEqual(['chat-1', 'chat-2', 'gate-1', 'chat-3', 'chat-4']);
  });

  it('refuses with the words of the configuration what servers.json may not say, and touches nothing', async () => {
    await using game = await started();
    const before = pidsOf(await game.rows());
    const wrong: [string[], string][] = [
      [
        ['serverType=chat', 'id=chat-1', 'port=6114'],
        'add: chat[0].id: the id chat-1 is already that of servers.chat-1',
      ],
      [
        ['serverType=chat', 'id=chat-3', 'port=6112'],
        'add: chat[0].port: chat-3 wants 127.0.0.1:6112, which port of chat-1 has',
      ],
      [['serverType=chat', 'id=chat-3', 'prot=1'], 'add: chat[0].prot: unknown key; did you mean port?'],
      [
        ['serverType=dance', 'id=dance-1'],
        'add: dance: expected the folder app/servers/dance for the code of this type',
      ],
      [['id=chat-3'], 'add: expected serverType beside the other fields'],
      [['serverType=chat', 'id=chat-3', 'oops'], 'add: expected key=value, got oops'],
      [['{serverType: '], 'add: not valid JSON5'],
      [
        ['chat-9'],
        'There is no server, type or host chat-9 in the topology; known are: none, as none was removed;',
      ],
      [['garbage{'], 'add: expected ids of servers, fields as key=value, or one text of JSON5'],
    ];
    for (const [words, message] of wrong) {
      const { code, stderr } = await game.run('add', ...words);
      expect(stderr).toContain(message);
      expect(code).toBe(2);
    }
    expect(pidsOf(await game.rows())).toEqual(before);
    expect(game.files('.pomelo-ts')).not.toContain('topology.production.json');
  });

  it('takes a server of any host that others run, and starts nothing', async () => {
    await using game = await started();
    const fields = ['serverType=chat', 'id=chat-3', 'host=10.99.0.1', 'port=6114', 'external=true'];
    const { code, stdout } = await game.run('add', ...fields);
    expect(stdout).toContain('chat-3 is added; it comes with pomelo-ts run --server chat-3');
    expect(code).toBe(0);
    expect((await game.rows())['chat-3']).toMatchObject({ state: 'down', external: true });
    expect((await game.run('restart')).stdout).toContain('3 servers restarted');
  });

  it('does not keep a server that does not start', async () => {
    await using game = await started();
    const { code, stderr } = await game.run('add', 'serverType=chat', 'id=chat-3', 'behave=throw');
    expect(stderr).toContain('chat-3 did not start: it ended with exit code 1');
    expect(code).toBe(1);
    expect(Object.keys(await game.rows())).toEqual(['chat-1', 'chat-2', 'gate-1']);
  });
});

describe('remove', () => {
  it('stops servers and takes them out, until add brings them back', async () => {
    await using game = await started();
    const before = pidsOf(await game.rows());
    expect((await game.run('remove', 'chat-1')).stdout).toContain('1 server removed, also for later masters');
    expect(pidsOf(await game.rows())).toEqual({ 'chat-2': before['chat-2'], 'gate-1': before['gate-1'] });
    await game.run('stop');
    expect((await game.run('start', ...daemon)).stdout).toContain('2 servers ready');
    expect((await game.run('add', 'chat-1')).stdout).toContain('1 server ready');
    expect(Object.keys(await game.rows())).toEqual(['chat-1', 'chat-2', 'gate-1']);
    expect(game.files('.pomelo-ts')).not.toContain('topology.production.json');
  });

  it('tells which names are known when one is not', async () => {
    await using game = await started();
    const { code, stderr } = await game.run('remove', 'chat-1', 'chat-7');
    expect(stderr).toContain('There is no server, type or host chat-7 in the topology');
    expect(code).toBe(2);
    expect((await game.rows())['chat-1']).toMatchObject({ state: 'ready' });
  });
});

describe('a choice of servers', () => {
  it('is made by type or host for stop and restart', async () => {
    await using game = await started();
    const before = await game.rows();
    expect((await game.run('stop', '-t', 'chat')).stdout).toContain('2 servers stopped');
    expect(Object.values(await game.rows()).map(({ state }) => state)).toEqual(['down', 'down', 'ready']);
    expect((await game.run('restart', '--host', '127.0.0.1')).stdout).toContain('3 servers restarted');
    const after = await game.rows();
    expect(after['gate-1']!.pid).not.toBe(before['gate-1']!.pid);
    const { code, stderr } = await game.run('stop', '--host', '10.0.0.9');
    expect(stderr).toContain('no server, type or host 10.0.0.9 in the topology; known are: 127.0.0.1.');
    expect(code).toBe(2);
  });

  it('is killed at once by id, and not started again', async () => {
    await using game = await started();
    const before = await game.rows();
    expect((await game.run('kill', 'chat-1', 'chat-2')).stdout).toBe('2 servers killed\n');
    const after = await game.rows();
    expect(after['chat-1']).toMatchObject({ state: 'down', restarts: 0 });
    expect(after['gate-1']!.pid).toBe(before['gate-1']!.pid);
    expect((await game.run('kill', 'chat-1')).stdout).toBe('none of them runs\n');
  });
});
