import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandText, eventually } from '../helpers/cluster-process.js';
import { type LookedAtGame, lookedAtGame } from '../helpers/looked-at-game.js';
import { RawClient } from '../helpers/raw-client.js';
import { Screen, type ScreenSize } from '../helpers/screen.js';

/* A real cluster, looked at in a real terminal. */

let looked: LookedAtGame;

beforeAll(async () => {
  looked = await lookedAtGame();
});

afterAll(() => looked[Symbol.asyncDispose]());

const env = { TERM: 'screen-256color', POMELO_TS_SECRET: 'what a cluster proves that is looked at' };

function topScreen(options = '', size: ScreenSize = { columns: 80, rows: 24 }, more = {}): Screen {
  return new Screen(
    `cd ${looked.game.root}; echo before; ${commandText(looked.game, `top -e production ${options}`, { env: { ...env, ...more } })}`,
    size,
  );
}

/** The line of the screen that a row stands in, by how it begins. */
const lineOf = (screen: Screen, id: string): string =>
  screen
    .text()
    .split('\n')
    .find((line) => line.slice(2).startsWith(`${id} `)) ?? '';

describe('pomelo-ts top on a terminal', () => {
  it('shows the cluster, its figures and its servers, and leaves the terminal as it was', async () => {
    using screen = topScreen();
    const shown = await screen.shows('chat-2');
    expect(shown).toMatch(/^ pomelo-ts production · .*leader \S+ · 1 host · 3 servers: 3 ready/);
    await eventually(() => /✓ ready/.test(lineOf(screen, 'connector-1')), 'the connector is ready');
    expect(screen.text()).toMatch(/ online 0/);
    screen.press('C-c');
    const after = await screen.shows('exit 0');
    expect(after).toMatch(/^before\nexit 0$/);
  });

  it('drill: a killed server is seen without a key, and is started from there', async () => {
    using screen = topScreen();
    await screen.shows('✓ ready');
    process.kill((await looked.game.rows())['chat-2']!.pid!, 'SIGKILL');
    await screen.shows('chat-2 gone: signal SIGKILL, since');
    const table = screen
      .text()
      .split('\n')
      .filter((line) => /^..(chat|connector)-\d /.test(line));
    expect(table[0]).toMatch(/^. chat-2 .*! gone/);
    screen.press('Home');
    for (const key of ['a', 'b']) screen.press(key);
    await screen.shows('start chat-2? y does it');
    expect(screen.text()).toContain('Starts those of the servers that do not run.');
    screen.press('y');
    await screen.shows('start chat-2: done');
    await eventually(() => /✓ ready/.test(lineOf(screen, 'chat-2')), 'it serves again');
  });

  it('drill: the slow route of a slow handler stands first after three keys', async () => {
    await using client = await RawClient.join(looked.clientPort);
    using screen = topScreen('', { columns: 120, rows: 40 });
    await screen.shows('✓ ready');
    const asking = Promise.all(
      Array.from({ length: 5 }, async () => {
        await client.request('chat.chatHandler.say', {});
        await client.request('chat.chatHandler.slow', {});
      }),
    );
    for (const key of ['3', 's', '9']) screen.press(key);
    await asking;
    await eventually(() => {
      const lines = screen.text().split('\n');
      const head = lines.findIndex((line) => line.includes('p99>'));
      return head > 0 && /^> chat\.chatHandler\.slow /.test(lines[head + 1]!);
    }, 'the slow route first');
  });

  it('takes a filter while it is typed, and tells what is wrong with one', async () => {
    using screen = topScreen();
    await screen.shows('connector-1');
    screen.press('/');
    screen.type('type:chat');
    await eventually(() => !/connector-1/.test(screen.text()), 'only chat servers');
    screen.type(' colour:red');
    await screen.shows('there is no column colour');
    expect(screen.text()).toContain('chat-1');
    screen.press('C-w');
    screen.press('Enter');
    await screen.shows('filter type:chat');
    expect(screen.text()).not.toContain('no column');
    screen.press('Escape');
    await screen.shows('connector-1');
  });

  it('drill: a user is kicked, and a profile is taken, by commands that say what they do', async () => {
    await using client = await RawClient.join(looked.clientPort);
    await client.request('connector.entryHandler.enter', { uid: 'loud' });
    using screen = topScreen();
    await screen.shows('✓ ready');
    const type = (text: string) => {
      screen.type(text);
      screen.press('Enter');
    };
    type(':kick loud too loud');
    await screen.shows('kick loud (too loud)? y does it');
    expect(screen.text()).toContain('Ends all sessions of a user');
    screen.press('y');
    await screen.shows('kick loud: ended 1 session on connector-1');
    await client.closed();
    expect(client.kicked).toBe('too loud');
    type(':profile chat-1 200ms');
    await screen.shows('profile chat-1 (200ms)? y does it');
    screen.press('y');
    await screen.shows('wrote chat-1-');
    expect(screen.text()).toMatch(/self +function.*\n.*\d%|had nothing to do/);
    expect(looked.game.files('.').some((name) => /^chat-1-.*\.cpuprofile$/.test(name))).toBe(true);
  });

  it('freezes, and says how old it is', async () => {
    using screen = topScreen();
    await screen.shows('✓ ready');
    screen.press('p');
    await screen.shows('frozen, 2s old');
    screen.press('p');
    await eventually(() => !screen.text().includes('frozen'), 'it goes on');
  });

  it('asks for the count before several servers are restarted, and restarts them', async () => {
    using screen = topScreen('--sort id');
    await screen.shows('✓ ready');
    const before = await looked.game.rows();
    for (const key of ['Home', 'Space', 'Space']) screen.press(key);
    await screen.shows('2 marked');
    screen.press(':');
    screen.type('rest');
    screen.press('Tab');
    screen.press('Enter');
    await screen.shows('restart chat-1, chat-2? type 2 and enter');
    screen.type('3');
    screen.press('Enter');
    await screen.shows('restart chat-1, chat-2: left alone');
    screen.press(':');
    screen.press('Up');
    screen.press('Enter');
    await screen.shows('type 2 and enter');
    screen.type('2');
    screen.press('Enter');
    await screen.shows('restart chat-1, chat-2: done');
    const after = await looked.game.rows();
    expect(after['chat-1']!.pid).not.toBe(before['chat-1']!.pid);
    expect(after['chat-2']!.pid).not.toBe(before['chat-2']!.pid);
    expect(after['connector-1']!.pid).toBe(before['connector-1']!.pid);
  });

  it('changes nothing with --readonly, and draws ASCII alone with --ascii', async () => {
    using screen = topScreen('--readonly --ascii', { columns: 60, rows: 20 }, { NO_COLOR: '1' });
    await screen.shows('+ ready');
    expect(screen.text()).toMatch(/^[\n -~]*$/);
    expect(screen.text()).not.toContain('act');
    screen.press('a');
    await screen.shows('nothing can be changed: --readonly');
    screen.press(':');
    screen.type('stop chat-1');
    screen.press('Enter');
    await screen.shows('nothing can be changed: --readonly');
    expect(screen.painted()).not.toMatch(/\[3[0-7]m/);
  });

  it('shows the log of a server as it grows', async () => {
    using screen = topScreen('-f chat-1');
    await screen.shows('chat-1');
    screen.press('l');
    await screen.shows('log of chat-1, followed');
    screen.press('Escape');
    await screen.shows('filter chat-1');
  });

  it('shows the logs of all servers as one, and has them tell only what a filter lets through', async () => {
    await using client = await RawClient.join(looked.clientPort);
    using screen = topScreen('', { columns: 120, rows: 60 }); // on a busy machine servers have more to say
    await screen.shows('✓ ready');
    screen.press('L');
    await screen.shows('log of all servers, followed');
    for (const text of ['a word of blue', 'a word of green'])
      await client.request('chat.chatHandler.shout', { text });
    // each server is read by itself: which of two lines is seen first is chance
    for (const word of ['blue', 'green'])
      expect(await screen.shows(`a word of ${word}`)).toMatch(new RegExp(`chat-[12] +│ a word of ${word}`));
    screen.type('/GREEN !blue');
    screen.press('Enter');
    await screen.shows('filter GREEN !blue');
    await screen.shows('a word of green');
    for (const text of ['blue and green', 'a second green'])
      await client.request('chat.chatHandler.shout', { text });
    await screen.shows('a second green');
    await eventually(() => !/a word of blue|blue and green/.test(screen.text()), 'no line that has blue');
  });

  it('finds lines by a regular expression with those around them, and shows what the server was like then', async () => {
    await using client = await RawClient.join(looked.clientPort);
    using screen = topScreen('-f chat-1', { columns: 120, rows: 40 });
    await screen.shows('✓ ready');
    const say = (how: string, text: string) => client.request(`chat.chatHandler.${how}`, { text });
    for (let n = 0; n < 3; n++) {
      await say('shout', `just before it ${n}`);
      await say('warn', `the room is full ${n}`);
      await say('shout', `just after it ${n}`);
    }
    screen.press('L');
    await screen.shows('log of all servers, followed');
    screen.type('//room is (full|empty) 1/ around:1');
    screen.press('Enter');
    await screen.shows('filter /room is (full|empty) 1/ around:1');
    const shown = await screen.shows('warn the room is full 1');
    expect(shown).not.toMatch(/full [02]/);
    await screen.shows('just after it');
    screen.press('Enter');
    const moment = await screen.shows('the 10 minutes around it');
    expect(moment).toMatch(/^ chat-[12] at \d\d:\d\d:\d\d$/m);
    expect(moment).toMatch(/^ {2}mem .* \d+M$/m);
    expect(moment).toMatch(/^ +\^ \d\d:\d\d:\d\d$/m);
    screen.press('Escape');
    await screen.shows('log of all servers, filter /room is (full|empty) 1/ around:1');
  });

  it('takes the mouse where it is switched on', async () => {
    using screen = topScreen();
    await screen.shows('✓ ready');
    const lines = () => screen.text().split('\n');
    const line = lines().findIndex((one) => one.includes('connector-1 '));
    screen.press('m');
    screen.type(`\u001b[<0;5;${line + 1}M\u001b[<0;5;${line + 1}m`);
    await eventually(
      () => lines().some((one) => one.startsWith('> connector-1')),
      'the row that was pointed at',
    );
    screen.type(`\u001b[<0;5;${line + 1}M`);
    await screen.shows(' connector-1  1overview');
  });

  it('is suspended with whoever has started it, as npx does, and goes on when the shell says so', async () => {
    using screen = new Screen('PS1="at the shell> " bash --norc --noprofile -i');
    await screen.shows('at the shell>');
    const command = commandText(looked.game, 'top -e production', { env });
    writeFileSync(
      join(looked.game.root, 'top.sh'),
      `cd '${looked.game.root}'\n${command}\necho top has ended\n`,
    );
    screen.type(`sh '${join(looked.game.root, 'top.sh')}'`);
    screen.press('Enter');
    await screen.shows('✓ ready');
    screen.press('C-z');
    expect(await screen.shows('Stopped')).not.toContain('✓ ready');
    screen.type('echo typed $((40 + 2))');
    screen.press('Enter');
    await screen.shows('typed 42');
    screen.type('fg');
    screen.press('Enter');
    await screen.shows('✓ ready');
    screen.press('?');
    await screen.shows('keys of servers');
    screen.press('q');
    expect(await screen.shows('top has ended')).not.toContain('keys of servers');
  });

  it('goes on after another size', async () => {
    using screen = topScreen();
    await screen.shows('✓ ready');
    screen.resize({ columns: 110, rows: 30 });
    await eventually(() => screen.text().split('\n').length === 30, 'the foot at the new end');
    expect(screen.text().split('\n')[29]).toMatch(/^ enter open/);
  });

  it('writes what it shows to a file', async () => {
    using screen = topScreen();
    await screen.shows('✓ ready');
    screen.press('o');
    await screen.shows('written to pomelo-ts-servers-');
    const name = screen.text().match(/pomelo-ts-servers-\S+\.json/)![0];
    expect(JSON.parse(looked.game.read(name))).toMatchObject({ total: 3 });
  });
});
