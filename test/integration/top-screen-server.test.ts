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

const tabs = '1 overview 2 routes 3 rpc 4 clients 5 runtime 6 log 7 events';

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
    screen.press('Tab');
    await screen.shows('log of connector-1, followed');
    expect(screen.text()).toContain(tabs);
    screen.press('Tab');
    await eventually(
      () => /\d\d:\d\d:\d\d +state |nothing has happened/.test(screen.text()),
      'what has happened',
    );
    screen.press('Tab');
    await screen.shows('the last 10 minutes');
    screen.press('Escape');
    await screen.shows('servers 1 of 3');
  });

  it('has the numbers of its parts alone where there is no room for their names', async () => {
    using screen = topScreen('-f chat-1', { columns: 50, rows: 16 });
    await screen.shows('✓ ready');
    screen.press('Enter');
    await screen.shows('chat-1  1 overview 2 3 4 5 6 7');
    screen.press('3');
    await screen.shows('chat-1  1 2 3 rpc 4 5 6 7');
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
});
