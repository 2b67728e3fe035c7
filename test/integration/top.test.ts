import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/cluster-process.js';
import { type LookedAtGame, lookedAtGame } from '../helpers/looked-at-game.js';
import { RawClient } from '../helpers/raw-client.js';

/* A real cluster, looked at by the real command. */

let looked: LookedAtGame;

beforeAll(async () => {
  looked = await lookedAtGame();
});

afterAll(() => looked[Symbol.asyncDispose]());

interface Printed {
  readonly rows: readonly Readonly<Record<string, string | number | null>>[];
  readonly summary: { readonly online: number; readonly problems: readonly { readonly about: string }[] };
}

async function top(...args: string[]): Promise<Printed> {
  const { code, stdout, stderr } = await looked.game.run('top', '--json', ...args);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as Printed;
}

describe('pomelo-ts top', () => {
  it('tells of each server what it does, in figures of real processes', async () => {
    await using client = await RawClient.join(looked.clientPort);
    const row = await eventually(async () => {
      for (let n = 0; n < 20; n++) await client.request('chat.chatHandler.say', {});
      const { rows } = await top('--window', '1m');
      const found = rows.find(({ id }) => id === 'connector-1')!;
      return Number(found['requests']) > 0 && Number(found['connections']) > 0 && found;
    }, 'requests of the connector');
    expect(row).toMatchObject({ type: 'connector', state: 'ready', connections: 1, errors: 0, restarts: 0 });
    for (const figure of ['cpu', 'loop', 'memory', 'p99'])
      expect([figure, typeof row[figure]]).toEqual([figure, 'number']);
    expect(Number(row['memory'])).toBeGreaterThan(10 * 1024 ** 2);
    const { rows } = await top('--view', 'hosts');
    expect(rows).toMatchObject([{ host: '127.0.0.1', state: 'ready', servers: 3, serving: 3 }]);
  });

  it('counts requests of clients once in a host, where a frontend and a backend there have worked on each', async () => {
    await using client = await RawClient.join(looked.clientPort);
    await eventually(async () => {
      for (let n = 0; n < 20; n++) await client.request('chat.chatHandler.say', {});
      const [servers, hosts] = await Promise.all([
        top('--window', '1h'),
        top('--view', 'hosts', '--window', '1h'),
      ]);
      const of = (type: string) =>
        servers.rows
          .filter((row) => row['type'] === type)
          .reduce((sum, row) => sum + Number(row['requests']), 0);
      const [{ requests, work } = {}] = hosts.rows;
      // the two pages are of moments next to each other
      const near = (a: unknown, b: number) => b > 0.2 && Math.abs(Number(a) / b - 1) < 0.4;
      return near(requests, of('connector')) && near(work, of('chat'));
    }, 'requests of the host that are those of its connector, and work that is that of its chat servers');
  });

  it('finds the slow route and the failing one', async () => {
    await using client = await RawClient.join(looked.clientPort);
    await eventually(async () => {
      await client.request('chat.chatHandler.slow', {});
      await client.request('chat.chatHandler.fail', {});
      const { rows } = await top(
        '--view',
        'routes',
        '--filter',
        'type:connector',
        '--sort',
        'p50',
        '--window',
        '1m',
      );
      return rows[0]?.['route'] === 'chat.chatHandler.slow' && Number(rows[0]['p50']) > 0.06;
    }, 'the slow route at the top');
    const { rows } = await top('--view', 'routes', '-f', 'err>90% type:connector', '--window', '1m');
    expect(rows.map(({ route }) => route)).toEqual(['chat.chatHandler.fail']);
  });

  it('puts first a server that was killed, and says what to do', async () => {
    const { game } = looked;
    process.kill((await game.rows())['chat-2']!.pid!, 'SIGKILL');
    await eventually(
      async () => (await top('-f', 'type:chat')).rows[0]!['state'] === 'gone',
      'the killed server above those that are well',
    );
    const { stdout } = await game.run('top', '--once', '--faulty', '-f', 'type:chat');
    expect(stdout).toMatch(/^id +type +host +state +crash$\n^chat-2 +chat +127\.0\.0\.1 +gone +0$/m);
    const { rows } = await top('--view', 'problems', '-f', 'about=chat-2');
    expect(rows).toMatchObject([
      { severity: 'page', about: 'chat-2', what: 'gone: signal SIGKILL', next: 'logs chat-2' },
    ]);
    await game.run('start', '-i', 'chat-2', '-e', 'production');
    await eventually(
      async () => !(await top()).summary.problems.some(({ about }) => about === 'chat-2'),
      'it serves again',
    );
  });

  it('writes a view to a file, as CSV too', async () => {
    const { game } = looked;
    expect((await game.run('top', '--csv', '-s', '+id', '-o', join(game.root, 'servers.csv'))).code).toBe(0);
    const [head, ...lines] = readFileSync(join(game.root, 'servers.csv'), 'utf8').trimEnd().split('\n');
    expect(head).toMatch(/^id,type,host,state,build,connections,requests,/);
    expect(lines.map((line) => line.split(',')[0])).toEqual(['chat-1', 'chat-2', 'connector-1']);
  });

  it.each([
    [['--filter', 'colour:red'], 2, /^error .*there is no column colour; there are id, type, host/],
    [['--filter', '/(/'], 2, /^error .*This cannot be shown of servers: \/\(\/: /],
    [['--sort', 'colour'], 2, /^error .*there is no column colour to sort by; there are trouble, id/],
    [['--limit', '0'], 2, /limit: expected at least 1, got 0/],
    [['--limit', 'x'], 2, /expected --limit as a number of lines/],
    [['--view', 'colours'], 2, /view/],
    [['--json', '--csv'], 2, /json/],
  ])('%j is refused with what was expected', async (args, code, message) => {
    const answer = await looked.game.run('top', '--once', ...args);
    expect([answer.code, answer.stderr]).toEqual([code, expect.stringMatching(message)]);
  });

  it('tells changes line by line with --plain, also to a pipe, until it is ended', async () => {
    const told = looked.game.begin('top', '--plain', '-e', 'production', '--filter', 'type:chat');
    await told.says('production, leader master');
    await told.says('id chat-2, type chat');
    expect(told.stdout).not.toContain('id connector-1');
    process.kill((await looked.game.rows())['chat-2']!.pid!, 'SIGKILL');
    await told.says('alert: chat-2');
    expect((await looked.game.run('start', '-i', 'chat-2', '-e', 'production')).code).toBe(0);
    await told.says('over: chat-2');
    told.child.kill('SIGINT');
    expect((await told.ended).code).toBe(0);
    expect(told.stderr).toBe('');
    for (const how of ['--plain', '--once'])
      expect(await looked.game.run('top', how, '--filter', 'conn>', '-e', 'production'), how).toMatchObject({
        code: 2,
        stdout: '',
      });
    expect(await looked.game.run('top', '--plain', '--json', '-e', 'production')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected --plain, which goes on'),
    });
  });
});
