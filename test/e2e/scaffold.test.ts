import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@pomelo-ts/client';
import JSON5 from 'json5';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestBrowser } from '../helpers/browser.js';
import { bareCode, stepsOf, takeStep } from '../helpers/guide-steps.js';
import { PushLog } from '../helpers/player.js';
import { markedLines } from '../helpers/user-project.js';
import { npm, npmEnded, Workshop } from '../helpers/workshop.js';

let workshop: Workshop;
let chat: string;
const stepMs: Record<string, number> = {};

/** How long the steps of a newcomer take is shown, and is no matter of passing. */
async function timed<T>(step: string, work: Promise<T>): Promise<T> {
  const begun = performance.now();
  const result = await work;
  stepMs[step] = Math.round(performance.now() - begun);
  return result;
}

beforeAll(async () => {
  workshop = await timed('pack', Workshop.open());
  chat = await timed('init', workshop.create('chat-ts'));
  await timed('install', workshop.install(chat));
});
afterAll(async () => {
  console.info(
    Object.entries(stepMs)
      .map(([step, ms]) => `${step} ${ms} ms`)
      .join(', '),
  );
  await workshop?.[Symbol.asyncDispose]();
});

/** A game that was made with these options and shares what the first one has installed. */
async function another(name: string, ...options: string[]): Promise<string> {
  const game = await workshop.create(name, ...options);
  await workshop.share(game);
  return game;
}

function edit(game: string, file: string, from: string, to: string): void {
  const text = readFileSync(join(game, file), 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  writeFileSync(join(game, file), text.replace(from, to));
}

interface Entry {
  readonly port: string;
  readonly clientPort: number;
}

function developmentOf(game: string): Record<string, Entry[]> {
  return JSON5.parse(readFileSync(join(game, 'config/servers.json5'), 'utf8')).development;
}

const gatePortOf = (game: string): number => developmentOf(game)['gate']![0]!.clientPort;

/** What tsc finds wrong in a folder of the chat, as `file:line TSnnnn`. */
async function typeErrors(folder: string): Promise<string[]> {
  const { said } = await npmEnded(chat, 'exec', '--', 'tsc', '-p', folder, '--pretty', 'false');
  const found = [...said.matchAll(/^(\S+)\((\d+),\d+\): error (TS\d+)/gm)];
  return found.map(([, file, line, error]) => `${file}:${line} ${error}`);
}

async function enter(browser: TestBrowser, name: string): Promise<Page> {
  const page = await browser.page();
  await page.goto(`http://127.0.0.1:${gatePortOf(chat)}/`);
  await enterForm(page, name);
  return page;
}

async function enterForm(page: Page, name: string): Promise<void> {
  await page.fill('#name', name);
  await page.click('#join button');
  await page.waitForSelector('#status.open');
}

async function say(page: Page, text: string): Promise<void> {
  await page.fill('#line', text);
  await page.press('#line', 'Enter');
}

const throughGate = (game: string, uid: string) =>
  connect({ gate: { host: '127.0.0.1', port: gatePortOf(game), uid } });

/** Two players meet in a room; gives what Bob hears of a line that Ann has said. */
async function talk(game: string, content: string): Promise<unknown> {
  await using ann = await throughGate(game, 'ann');
  await using bob = await throughGate(game, 'bob');
  const pushes = new PushLog(bob, ['onChat']);
  for (const [client, username] of [
    [ann, 'ann'],
    [bob, 'bob'],
  ] as const)
    await client.request('connector.entryHandler.enter', { username, rid: 'lobby' });
  expect(await ann.request('chat.chatHandler.send', { content })).toEqual({ code: 200 });
  // Awaited here, as both are closed at the end of this block.
  return await pushes.next('onChat');
}

async function testsOf(game: string): Promise<void> {
  const { code, said } = await npmEnded(game, 'test');
  expect(said, said).toMatch(/Tests {2}\d+ passed \(\d+\)/);
  expect(code, said).toBe(0);
}

describe('a new chat in TypeScript', () => {
  test('starts as a cluster in which two people talk', async () => {
    const game = workshop.begin(chat, 'start');
    await timed('start', game.says('5 servers ready'));
    expect(game.said).toContain(`open http://127.0.0.1:${gatePortOf(chat)}/`);
    expect(await talk(chat, 'hello')).toEqual({ msg: 'hello', from: 'ann', target: '*' });
    await game.interrupt();
    expect(game.said).toContain('5 servers stopped');
  });

  test('passes its own tests, and its types are strict-clean', async () => {
    await timed('test', testsOf(chat));
    expect(await npm(chat, 'run', 'check')).toContain('fine for development: 5 servers of 3 types');
    await npm(chat, 'run', 'gen', '--', '--check');
  });

  test('does not compile where an answer, a body or a push is misused', async () => {
    const misuse = `
import { connect, isFailure } from '@pomelo-ts/client';
import type { GameContract } from '../../app/generated/client.js';

const client = await connect<GameContract>({ url: 'ws://127.0.0.1' });
const answer = await client.request('connector.entryHandler.enter', { username: 'ann', rid: 'lobby' });
if (!isFailure(answer) && 'users' in answer) answer.users satisfies readonly string[];
answer.users; // TS2339
await client.request('connector.entryHandler.enter', { username: 'ann' }); // TS2741
client.on('onChat', ({ msg, form }) => msg + form); // TS2339
`;
    workshop.write('chat-ts/web/src/misuse.ts', misuse);
    expect(await typeErrors('web')).toEqual(markedLines('web/src/misuse.ts', misuse));
    workshop.remove('chat-ts/web/src/misuse.ts');
  });
});

test('the guide to a first game does what it says, in both languages', async () => {
  const [english, chinese] = [stepsOf('guides/first-game.md'), stepsOf('zh/first-game.md')];
  expect(chinese.map(bareCode)).toEqual(english.map(bareCode));
  const take = (file: string) => {
    const steps = english.filter((step) => step.file === file);
    for (const step of steps) takeStep(chat, step);
    expect(steps).not.toEqual([]);
  };
  const dev = workshop.begin(chat, 'run', 'dev');
  await dev.says('watching .');
  await using browser = await TestBrowser.launch();
  const [ann, bob] = [await enter(browser, 'Ann'), await enter(browser, 'Bob')];

  take('app/servers/chat/handler/chatHandler.ts');
  await dev.says('reloaded cluster-server-chat-0, cluster-server-chat-1');
  await say(ann, 'hello :)');
  await bob.waitForSelector('.line:has-text("hello 🙂")');

  take('app/contract.ts');
  await dev.says('wrote app/generated/server.d.ts');
  take('app/servers/chat/handler/diceHandler.ts');
  await dev.says('wrote app/generated/client.d.ts, config/contract.json');
  take('web/src/room-link.ts');
  const script = async () => (await fetch(`http://127.0.0.1:${gatePortOf(chat)}/main.js`)).text();
  await expect.poll(script).toContain('rolls a');
  for (const [page, name] of [
    [ann, 'Ann'],
    [bob, 'Bob'],
  ] as const) {
    await page.reload();
    await enterForm(page, name);
  }
  await say(ann, '/roll');
  await bob.waitForSelector('.line:has-text("rolls a")');
  await say(ann, '/roll 1000');
  await ann.waitForSelector('.line:has-text("a die has 2 to 100 sides")');
  expect(browser.problems).toEqual([]);
  await dev.interrupt();

  take('web/src/forgetful.ts');
  const forgetful = english.find(({ file }) => file === 'web/src/forgetful.ts')!;
  expect(await typeErrors('web')).toEqual(markedLines('web/src/forgetful.ts', forgetful.code));
  workshop.remove('chat-ts/web/src/forgetful.ts');
  take('test/dice.test.ts');
  await testsOf(chat);
  const chatPort = developmentOf(chat)['chat']![0]!.port.replace('++', '');
  for (const step of english.filter(({ file }) => file === 'config/servers.json5'))
    takeStep(chat, { ...step, code: step.code.replaceAll('6050', chatPort) });
  const checked = await npm(chat, 'exec', '--', 'pomelo-ts', 'config', 'check');
  expect(checked).toContain('fine for development: 6 servers of 3 types');
});

describe('a new chat in JavaScript', () => {
  test('runs in dev mode: an edited handler and an edited page are live, and its tests pass', async () => {
    const game = await another('chat-js', '--language', 'js');
    const dev = workshop.begin(game, 'run', 'dev');
    await dev.says('watching .');
    expect(await talk(game, 'hello')).toMatchObject({ msg: 'hello' });
    edit(game, 'app/servers/chat/handler/chatHandler.js', 'msg: content,', 'msg: content.toUpperCase(),');
    edit(game, 'web/index.html', 'Say something', 'Speak');
    edit(game, 'web/src/room.js', 'has come', 'is here');
    await dev.says('reloaded cluster-server-chat-0, cluster-server-chat-1');
    expect(await talk(game, 'hello')).toMatchObject({ msg: 'HELLO' });
    const read = async (file: string) => (await fetch(`http://127.0.0.1:${gatePortOf(game)}/${file}`)).text();
    await expect.poll(() => read('')).toContain('placeholder="Speak"');
    await expect.poll(() => read('main.js')).toContain('is here');
    await dev.interrupt();
    edit(game, 'app/servers/chat/handler/chatHandler.js', 'content.toUpperCase(),', 'content,');
    await testsOf(game);
    await npm(game, 'run', 'gen', '--', '--check');
  });
});

// Their tests are the same: that is run once, on the code that was made of the other.
describe.concurrent('a new arena', () => {
  test('in TypeScript starts, is played by robots, and its types are strict-clean', async () => {
    const game = await another('arena-ts', '--template', 'arena');
    const running = workshop.begin(game, 'start');
    await running.says('7 servers ready');
    const robots = await npm(game, 'run', 'robot', '--', '--users', '2', '--ramp', '0s', '--duration', '1s');
    expect(robots).toContain('arena.arenaHandler.enter');
    await running.interrupt();
    await npm(game, 'run', 'check');
  });

  test('in JavaScript passes its own tests', async () => {
    await testsOf(await another('arena-js', '--template', 'arena', '--language', 'js'));
  });
});

describe.concurrent('a new empty game', () => {
  test.each(['ts', 'js'])('in %s starts, greets a player and passes its own test', async (language) => {
    const game = await another(`empty-${language}`, '--template', 'empty', '--language', language);
    const running = workshop.begin(game, 'start');
    await running.says('2 servers ready');
    await using ann = await throughGate(game, 'ann');
    expect(await ann.request('connector.helloHandler.hello', { name: 'Ann' })).toEqual({ text: 'hello Ann' });
    await running.interrupt();
    await testsOf(game);
    if (language === 'ts') await npm(game, 'run', 'check');
  });
});
