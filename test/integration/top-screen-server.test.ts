import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandText, eventually } from '../helpers/cluster-process.js';
import { type LookedAtGame, lookedAtGame, lookedAtSecret } from '../helpers/looked-at-game.js';
import { RawClient } from '../helpers/raw-client.js';
import { Screen, type ScreenSize } from '../helpers/screen.js';

/* The page of one server, in a real terminal. */

let looked: LookedAtGame;

beforeAll(async () => {
  looked = await lookedAtGame();
});

afterAll(() => looked[Symbol.asyncDispose]());

function topScreen(options = '', size: ScreenSize = { columns: 80, rows: 24 }): Screen {
  const env = { TERM: 'screen-256color', POMELO_TS_SECRET: lookedAtSecret };
  return new Screen(
    `cd ${looked.game.root}; ${commandText(looked.game, `top -e production ${options}`, { env })}`,
    size,
  );
}

const tabs = '1overview 2routes 3rpc 4clients 5runtime 6config 7log 8events';

describe('the page of a server in pomelo-ts top', () => {
  it('has parts that are named in its head and shown by their numbers and tab, with what the server has measured', async () => {
    await using client = await RawClient.join(looked.clientPort);
    await client.request('connector.entryHandler.enter', { uid: 'ann' });
    using screen = topScreen('-f connector-1');
    await screen.shows('✓ ready');
    screen.press('Enter');
    await screen.shows(`connector-1  ${tabs}`);
    await screen.shows('the last 10 minutes');
    screen.press('2');
    await eventually(
      () => /connector\.entryHandler\.enter +\d+ .*0% +\d+/.test(screen.text()),
      'its routes with their times',
    );
    expect(screen.text()).toMatch(/request\.duration +count +(\/s +)?err +p50 +p99 +mean/);
    screen.press('4');
    await eventually(() => /client\.connections +\d+/.test(screen.text()), 'what it counts of clients');
    expect(screen.text()).not.toContain('entryHandler');
    screen.press('Tab');
    await eventually(() => /heap\.used/.test(screen.text()), 'its memory');
    screen.press('7');
    await screen.shows('log of connector-1, followed');
    expect(screen.text()).toContain(tabs);
    screen.press('8');
    await eventually(
      () => /\d\d:\d\d:\d\d +state |nothing has happened/.test(screen.text()),
      'what has happened',
    );
    screen.press('Tab');
    await screen.shows('the last 10 minutes');
    screen.press('Escape');
    await screen.shows('servers 1 of 3');
  });

  it('shows what the server runs with and where each value came from, and what the files say by now, without secrets', async () => {
    using screen = topScreen('-f connector-1', { columns: 120, rows: 50 });
    await screen.shows('✓ ready');
    screen.press('Enter');
    screen.press('6');
    await eventually(
      () => /secret +\*\*\* +the environment variable POMELO_TS_SECRET/.test(screen.text()),
      'where the secret was found',
    );
    const shown = screen.text();
    expect(shown).not.toContain(lookedAtSecret);
    expect(shown).toMatch(/clientPort +\d+ +config\/servers\.json connector\[0\]/);
    expect(shown).toMatch(/weight +1 +default/);
    const { game } = looked;
    game.write('config/settings.json', { rpc: { timeout: '4s' } });
    screen.press('5');
    screen.press('6');
    await eventually(
      () =>
        /rpc\.timeout +"10s" +the files before they were changed\n +! +"4s" +by now in config\/settings\.json/.test(
          screen.text(),
        ),
      'that the files say something else',
    );
    game.write('config/settings.json', {});
  });

  it('has the numbers of its parts alone where there is no room for their names', async () => {
    using screen = topScreen('-f chat-1', { columns: 50, rows: 16 });
    await screen.shows('✓ ready');
    screen.press('Enter');
    await screen.shows('chat-1  1 overview 2 3 4 5 6 7 8');
    screen.press('3');
    await screen.shows('chat-1  1 2 3 rpc 4 5 6 7 8');
  });

  it('counts what rises each second', async () => {
    await using client = await RawClient.join(looked.clientPort);
    let asks = true;
    const asking = (async () => {
      while (asks) await client.request('chat.chatHandler.say', {});
    })();
    using screen = topScreen('-f connector-1', { columns: 120, rows: 30 });
    await screen.shows('✓ ready');
    screen.press('Enter');
    screen.press('2');
    await eventually(
      () => /chat\.chatHandler\.say +[\d,]+ +[1-9][\d,.]* +0%/.test(screen.text()),
      'how often it is asked for each second',
    );
    asks = false;
    await asking;
  });

  it('tells in its events how it ended and why: killed from outside, stopped by an operator, and by whom', async () => {
    const { game } = looked;
    process.kill((await game.rows())['chat-2']!.pid!, 'SIGKILL');
    await eventually(async () => (await game.rows())['chat-2']!.state === 'gone', 'the end of chat-2');
    using screen = topScreen('-f chat-2');
    await screen.shows('gone');
    await game.run('start', '-i', 'chat-2', '-e', 'production');
    await screen.shows('✓ ready');
    await game.run('stop', 'chat-2', '-e', 'production');
    await screen.shows('down');
    screen.press('Enter');
    screen.press('8');
    await eventually(
      () => /state down: stopped, stop by \S+$[\s\S]*state gone: signal SIGKILL/m.test(screen.text()),
      'why it ended, the latest first',
    );
    await game.run('start', '-i', 'chat-2', '-e', 'production');
  });
});

describe('the page of a host in pomelo-ts top', () => {
  it('has its load, its disks with what is free, and the processes of its servers', async () => {
    const pid = (await looked.game.rows())['chat-1']!.pid!;
    using screen = topScreen('--view hosts', { columns: 110, rows: 50 });
    await screen.shows('127.0.0.1');
    screen.press('Enter');
    await eventually(
      () => new RegExp(`chat-1 +ready +${pid} +[\\d.<]+% +\\d+[MG] +\\d+[smh]`).test(screen.text()),
      'the process of chat-1',
    );
    const text = screen.text();
    expect(text).toMatch(/load +\d+\.\d\d +\d+\.\d\d +\d+\.\d\d +\(1, 5, 15 minutes\), \d+ processor/);
    expect(text).toMatch(/memory +\d\S* free of \d/);
    expect(text).toMatch(/^ *logs +\S+[MG] +\S+[MG] +\S+% +yes$/m);
    expect(text).toMatch(/^ *\.pomelo-ts +\S+[MG] +\S+[MG] +\S+% +yes$/m);
    screen.press('Escape');
    await screen.shows('hosts 1;');
  });
});
