import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandText, eventually } from '../helpers/cluster-process.js';
import {
  type LookedAtGame,
  lookedAtGame,
  lookedAtSecret,
  saidTo,
  saidToConsole,
} from '../helpers/looked-at-game.js';
import { RawClient } from '../helpers/raw-client.js';
import { Screen } from '../helpers/screen.js';

/* A real cluster in production, whose remotes are called and in which code is carried out by real commands. */

const remote = `export default (app) => ({
  whoAmI: () => app.serverId,
  echo: (...args) => ({ args }),
  fail: ({ room }) => { throw Object.assign(new Error('there is no room ' + room), { code: 'ROOM_MISSING' }); },
  never: () => new Promise(() => {}),
  long: () => 'x'.repeat(300_000),
});`;

let looked: LookedAtGame;

beforeAll(async () => {
  looked = await lookedAtGame({}, (root) => {
    const folder = join(root, 'app/servers/chat/remote');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'chatRemote.js'), remote);
  });
});

afterAll(() => looked[Symbol.asyncDispose]());

const run = (command: string, ...args: string[]) => looked.game.run(command, ...args, '-e', 'production');
const rpc = (method: string, ...args: string[]) => run('rpc', `chat.chatRemote.${method}`, ...args);

/** The last record of the audit log about an operation. */
async function audited(verb: string): Promise<object> {
  const { stdout } = await run('audit', '--json', '--verb', verb);
  return (JSON.parse(stdout) as object[]).at(-2)!; // the last one tells its end
}

async function allowEval(): Promise<void> {
  const master = JSON.parse(looked.game.read('config/master.json')) as object;
  looked.game.write('config/master.json', { ...master, allowEval: true });
  expect((await run('config', 'reload', '--yes')).code).toBe(0);
}

describe('pomelo-ts rpc', () => {
  it('calls a remote on a server of its type, or on the one that is named, and prints the answer as JSON', async () => {
    const answers = [await rpc('whoAmI'), await rpc('whoAmI')].map(({ stdout }) => JSON.parse(stdout));
    expect(answers.sort()).toEqual(['chat-1', 'chat-2']);
    expect(await rpc('whoAmI', '--on', 'chat-2')).toMatchObject({
      code: 0,
      stdout: '"chat-2"\n',
      stderr: '',
    });
    const { stdout } = await rpc('echo', '{"room": 1}', '42', 'ann', '"7"', 'null');
    expect(JSON.parse(stdout)).toEqual({ args: [{ room: 1 }, 42, 'ann', '7', null] });
    expect(await audited('remotes.call')).toMatchObject({
      args: { method: 'chat.chatRemote.echo', args: [{ room: 1 }, 42, 'ann', '7', null] },
    });
    expect((await rpc('echo', '{"user":{"name":"ann","password":"s3"}}')).stdout).toContain('s3');
    expect(await audited('remotes.call')).toMatchObject({
      args: { args: [{ user: { name: 'ann', password: '***' } }] },
    });
  });

  it('calls one in the console, too', async () => {
    const echo = 'rpc chat.chatRemote.echo {"a":1} b';
    const said = await saidToConsole(looked.game, echo, 'use chat-1', 'rpc chat.chatRemote.whoAmI');
    const { code, stdout } = said;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/"a": 1[\s\S]*"value": "chat-1"/)]);
  });

  it.each([
    [
      ['fail', '{"room":7}'],
      /chat\.chatRemote\.fail failed on chat-[12] \(ROOM_MISSING\): there is no room 7/,
    ],
    [['gone'], /chat\.chatRemote\.gone failed on chat-[12] \(RPC_UNKNOWN_METHOD\)/],
    [
      ['never', '--timeout', '300ms'],
      /failed on chat-[12] \(ERROR\): there was no answer within 300 ms; it goes on there/,
    ],
    [['long'], /\(REMOTE_ANSWER_LONG\): Its answer has 300002 characters as JSON; 262144 are told/],
    [['whoAmI', '--on', 'connector-1'], /no server connector-1 of the type chat that is ready/],
  ])('tells what has gone wrong with %j', async ([method, ...args], said) => {
    const { code, stdout, stderr } = await rpc(method!, ...args);
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(said)]);
  });

  it('says what it does not understand', async () => {
    expect(await rpc('echo', '{"room":')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected JSON'),
    });
    expect(await run('rpc', 'chat.count')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected type.remote.method'),
    });
    expect(await run('rpc', 'shop.a.b')).toMatchObject({
      stderr: expect.stringContaining('There is no server of the type shop that is ready'),
    });
  });
});

describe('pomelo-ts eval', () => {
  const evaluate = (code: string, ...more: string[]) => run('eval', 'chat-1', code, ...more);

  it('is off in production until the configuration allows it, and who tries is in the audit log', async () => {
    const { code, stderr } = await evaluate('app.serverId');
    expect([code, stderr]).toEqual([1, expect.stringContaining('with allowEval: true')]);
    expect(await audited('code.eval')).toMatchObject({ args: { id: 'chat-1', code: 'app.serverId' } });
    await allowEval();
    expect(await evaluate('app.serverId')).toMatchObject({ code: 0, stdout: "'chat-1'\n", stderr: '' });
  });

  it('shows what code gives or throws, and writes all of the code down', async () => {
    const long = `return [${'1,'.repeat(900)}].length`;
    expect((await evaluate(long)).stdout).toBe('900\n');
    expect(await audited('code.eval')).toMatchObject({ args: { code: long } });
    const { code, stdout, stderr } = await evaluate('null.room');
    expect([code, stdout, stderr]).toEqual([1, '', expect.stringMatching(/^TypeError: Cannot read/)]);
    expect((await evaluate('x'.repeat(1901))).stderr).toContain('at most 1900');
    expect((await run('eval', 'chat-7', '1')).stderr).toContain('chat-7');
  });

  it('is told of its deadline when it loops, and the server goes on', async () => {
    await using client = await RawClient.join(looked.clientPort);
    const before = (await looked.game.rows())['chat-1'];
    expect((await evaluate('while (true);')).stderr).toContain('Script execution timed out after 1000ms');
    const hanging = 'await 0; for (const end = Date.now() + 5000; Date.now() < end; );';
    expect((await evaluate(hanging, '--timeout', '500ms')).stderr).toMatch(
      /chat-1 has not answered \(evaluate\): it did not answer within 2500 ms/,
    );
    await eventually(async () => (await evaluate('1')).code === 0, 'chat-1 to answer again');
    const after = (await looked.game.rows())['chat-1'];
    expect(after).toMatchObject({ state: 'ready', pid: before?.pid });
    expect(await client.request('chat.chatHandler.say', {})).toEqual({ code: 200 });
  });

  it.each([
    [
      'a promise that fails',
      'Promise.reject(new Error("left behind")); return 7',
      'nobody had waited for it',
    ],
    [
      'a promise that fails with what cannot be read',
      'Promise.reject({ get message() { throw 1; } }); return 7',
      '',
    ],
    [
      'a timer that throws',
      'setTimeout(() => { throw new Error("in a timer"); }); return 7',
      'an operator had',
    ],
    [
      'an object whose then throws later',
      '({ then(yes) { yes(7); setTimeout(() => null.x); } })',
      'an operator had',
    ],
  ])('may leave %s behind: it is logged, and the server goes on', async (_, code, line) => {
    const before = (await looked.game.rows())['chat-1'];
    expect((await evaluate(code)).stdout).toBe('7\n');
    await eventually(() => looked.game.read('logs/chat-1.log').includes(line), line);
    expect((await evaluate('1')).code).toBe(0);
    expect((await looked.game.rows())['chat-1']).toMatchObject({ state: 'ready', pid: before?.pid });
  });

  it('takes a line as it is in the console, for the server that is used', async () => {
    const line = 'run [app.serverId, "a b"].join(" {")';
    const { code, stdout } = await saidToConsole(looked.game, 'use chat-1', line);
    expect([code, stdout]).toEqual([0, expect.stringContaining("'chat-1 {a b'")]);
  });
});

describe('pomelo-ts remote', () => {
  const say = (...lines: string[]) => saidTo(looked.game, ['remote', 'chat-1'], ...lines);
  beforeAll(allowEval);

  it('carries out lines in a server, which share the names that they give, and writes each of them down', async () => {
    const { code, stdout, stderr } = await say(
      'const rooms = new Map([["lobby", 2]])',
      'function sizeOf(name) {',
      '  return rooms.get(name);',
      '}',
      '',
      'await Promise.resolve(sizeOf("lobby"))',
      '_ + 1',
      '[app.serverId, rooms.size]',
      '.exit',
      'null.x',
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe("Map(1) { 'lobby' => 2 }\n[Function: sizeOf]\n2\n3\n[ 'chat-1', 1 ]\n");
    expect(await audited('code.eval')).toMatchObject({
      args: { id: 'chat-1', code: '[app.serverId, rooms.size]', sitting: expect.any(String) },
    });
    expect((await say('rooms')).stderr).toContain('ReferenceError: rooms is not defined');
  });

  it('ends a pipe at the first line that fails, and where something is open at its end', async () => {
    expect(await say('1', 'null.x', '2')).toMatchObject({
      code: 1,
      stdout: '1\n',
      stderr: expect.stringMatching(/^TypeError: Cannot read/),
    });
    expect(await say('[1,')).toMatchObject({ code: 1, stderr: expect.stringContaining('SyntaxError') });
  });

  it('says before anything is typed that there is no such server', async () => {
    expect(await saidTo(looked.game, ['remote', 'chat-7'], 'process.exit()')).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('chat-7'),
    });
  });

  it('has a prompt for a person, who can give up what is open and leave', async () => {
    const env = { POMELO_TS_SECRET: lookedAtSecret };
    using screen = new Screen(commandText(looked.game, 'remote', { env }, 'chat-1', '-e', 'production'));
    await screen.shows('chat-1 (production): what you type runs in the process that serves players');
    screen.type('function twice(n) {\n');
    await screen.shows('...');
    screen.press('C-c');
    await screen.shows('chat-1> function twice(n) {\n...\nchat-1>');
    screen.type('let half = 1 +\n');
    await screen.shows('let half = 1 +\n...');
    screen.type('20.5; half\n');
    await screen.shows('... 20.5; half\n21.5');
    screen.type('new Promise(() => {})\n');
    await screen.shows('new Promise(() => {})');
    screen.press('C-c');
    await screen.shows('not waited for any more: chat-1 may still be at it\nchat-1>');
    screen.type('null.x\n');
    await screen.shows('TypeError: Cannot read properties of null');
    screen.type('half * 2\n');
    await screen.shows('\n43\n');
    screen.press('C-d');
    await screen.shows('exit 0');
  });
});
