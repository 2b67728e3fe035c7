import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addressGame } from '../helpers/address-game.js';
import type { TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

const chat = { id: 'chat-1', port: 6050 };
const gate = { id: 'gate-1', clientPort: 3014, frontend: true };
const servers = { chat: [chat], gate: [gate] };
/** Servers with these fields beside their own, each at a port of its own. */
const chats = (...fields: object[]) =>
  fields.map((one, index) => ({ id: `chat-${index}`, port: 6050 + index, ...one }));
const gates = (...fields: object[]) =>
  fields.map((one, index) => ({ id: `gate-${index}`, clientPort: 3014 + index, frontend: true, ...one }));

/** Configurations that no cluster can start with: how many things are wrong with each, and its files; texts are files as they are. */
const broken: readonly (readonly [string, number, Readonly<Record<string, unknown>>])[] = [
  [
    'options of node, cores and hosts',
    11,
    {
      'config/servers.json': {
        chat: chats(
          { args: '--no-such-option' },
          { args: ['--require'] },
          { args: '--inspect 9229' },
          { cpu: '3-1' },
          { host: 'http://10.0.0.1' },
          { host: ' 10.0.0.1' },
        ),
        gate: gates(
          { clientHost: 'play.example.com:3014' },
          { clientHost: 'ws://play.example.com' },
          { clientHost: '0.0.0.0' },
          { clientListen: 'eth0' },
          { clientUrl: 'https://play.example.com' },
        ),
      },
    },
  ],
  [
    'protos',
    6,
    {
      'config/serverProtos.json': {
        onMove: { 'required uInt33 x': 1, 'required bool y': 2, 'required bool z': 2, w: 3 },
        onStop: null,
      },
      'config/clientProtos.json': { 'chat.chatHandler.send': { 'must uInt32 x': 1, 'required bool y': 0 } },
    },
  ],
  [
    'keys that are there twice',
    2,
    {
      'config/servers.json': '{"chat": [{"id": "chat-1"}], "chat": [{"id": "chat-2"}]}',
      'config/settings.json5': '{ client: { heartbeat: "3s", heartbeat: "4s" } }',
    },
  ],
  [
    'the master and settings',
    6,
    {
      'config/master.json': { host: 'http://localhost', startTimeout: '60d', ssh: { jump: 'ann@:22' } },
      'config/settings.json5': '{ clint: {}, client: { origins: ["nowhere"] } }',
      'config/crons.json': { chut: [] },
    },
  ],
  [
    'times of crons that never come or cannot be read',
    2,
    {
      'config/crons.json': {
        chat: [
          { id: 'a', time: '0 0 0 30 feb *', action: 'c.d' },
          { id: 'b', time: '0 0 4- * * *', action: 'c.d' },
        ],
      },
    },
  ],
  ['a file that cannot be read', 1, { 'config/settings.json5': '{ client: ' }],
  [
    'what several servers want, and a type without code',
    3,
    {
      'config/servers.json': {
        gate: [gate],
        chat: [chat, { ...chat, port: 3014 }],
        lobby: [{ id: 'lobby-1' }],
      },
    },
  ],
];

async function gameWith(files: Readonly<Record<string, unknown>>): Promise<TestGame> {
  const game = await addressGame(servers);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(game.root, name)), { recursive: true });
    writeFileSync(join(game.root, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return game;
}

describe('config check', () => {
  it.each(broken)(
    'says no to %s, and every start says the same before anything begins',
    async (_, count, files) => {
      await using game = await gameWith(files);
      const check = await game.run('config', 'check');
      expect(check).toMatchObject({ code: 2, stdout: '' });
      expect(check.stderr).toMatch(
        new RegExp(`^error The configuration has ${count} problem\\(s\\):\n {2}config/`),
      );
      for (const how of [[], ['--single'], ['-D']]) expect(await game.run('start', ...how)).toEqual(check);
      expect(game.pids()).toEqual([]);
    },
  );

  it.each([
    ['open', 'a secret that is long enough', 0o644],
    ['empty', '', 0o600],
  ])('says no to a secret that is %s, as the start does', async (_, secret, mode) => {
    await using game = await gameWith({ '.pomelo-ts/secret': secret });
    chmodSync(join(game.root, '.pomelo-ts/secret'), mode);
    const check = await game.run('config', 'check');
    expect(check).toMatchObject({ code: 2, stdout: '' });
    expect(await game.run('start', '-D')).toEqual(check);
  });

  it.each([
    ['a file that is not there', {}],
    ['a file that makes no codec', { 'codec.mjs': 'export default () => ({});' }],
  ])(
    'says no to %s for the codec of calls, in the words of the start, and doctor does too',
    async (_, files) => {
      await using game = await gameWith({
        ...files,
        'config/settings.json': { rpc: { codec: './codec.mjs' } },
      });
      const check = await game.run('config', 'check');
      expect(check).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringMatching(
          /^error The codec \.\/codec\.mjs \(rpc\.codec in config\/settings\.json5\) /,
        ),
      });
      const reason = check.stderr.trim().slice('error '.length);
      const start = await game.run('start', '--single');
      expect([start.code === 0, start.stderr]).toEqual([false, expect.stringContaining(reason)]);
      const { stdout } = await game.run('doctor');
      expect(stdout).toMatch(/^✖ codec .*\.\/codec\.mjs/m);
      writeFileSync(
        join(game.root, 'codec.mjs'),
        "export default () => ({ name: 'own', encode: (value) => Buffer.from(JSON.stringify(value)), decode: JSON.parse });",
      );
      expect(await game.run('config', 'check')).toMatchObject({ code: 0 });
      expect((await game.run('doctor')).stdout).toMatch(/^✔ codec +\.\/codec\.mjs can be loaded here$/m);
    },
  );

  it('says no to a version that the master would refuse, as the start does, at once', async () => {
    await using game = await gameWith({ 'package.json': { type: 'module', version: 2 } });
    const check = await game.run('config', 'check');
    expect(check).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('package.json: version: expected'),
    });
    expect(await game.run('start', '-D')).toEqual(check);
  });

  it('warns of a file that nobody reads, of a cron whose file is not there, and of no secret', async () => {
    await using game = await gameWith({
      'config/setings.json': {},
      'config/crons.json': { chat: [{ id: 'a', time: '0 0 4 * * *', action: 'c.nope' }] },
    });
    const { code, stderr } = await game.run('config', 'check', '-e', 'test');
    expect(code).toBe(0);
    expect(stderr.split('\n')).toEqual([
      'warning config/setings.json: nobody reads this file; did you mean settings.json?',
      expect.stringMatching(/^warning crons\.chat: the cron a runs c\.nope, and there is no .*cron\/c\.js/),
      expect.stringMatching(/^warning No cluster secret/),
      '',
    ]);
  });

  it('is for the environment of the master that runs where nobody names one, and says so', async () => {
    const here = { host: '127.0.0.1' };
    const [a, b, c] = await Promise.all(Array.from({ length: 3 }, freePort));
    const chat = (port: number | undefined, more = {}) => ({
      chat: [{ id: 'chat-1', ...here, port, ...more }],
    });
    await using game = await gameWith({
      'config/servers.json': { test: chat(a), development: chat(b) },
      'config/master.json': { ...here, port: c },
      '.pomelo-ts/secret': 'a secret that is long enough for a start',
    });
    chmodSync(join(game.root, '.pomelo-ts/secret'), 0o600);
    const said = async (...more: string[]) => (await game.run('config', 'check', ...more)).stdout;
    expect(await said()).toMatch(/^fine for development: 1 server/);
    expect((await game.run('start', '-D', '-e', 'test')).code).toBe(0);
    expect(await said()).toMatch(/^fine for test, as the master that runs: 1 server/);
    expect(await said('-e', 'development')).toMatch(/^fine for development: 1 server/);
    expect((await game.run('config', 'print')).stdout).toContain('"env": "test"');
    writeFileSync(
      join(game.root, 'config/servers.json'),
      JSON.stringify({ test: chat(a, { port: 'no' }), development: chat(b) }),
    );
    const { code, stderr } = await game.run('config', 'check');
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^checked for test, as the master that runs:\nerror /),
    ]);
    expect((await game.run('config', 'check', '-e', 'development')).code).toBe(0);
    expect((await game.run('stop')).code).toBe(0);
  });

  it('says yes to what is unusual and fine, and the start agrees', async () => {
    const [a, c, d, b] = await Promise.all(Array.from({ length: 4 }, freePort)); // the last is the first of two
    await using game = await gameWith({
      'config/servers.json': {
        gate: [
          {
            ...gate,
            host: '[::1]',
            clientPort: a,
            clientListen: '[::]',
            clientUrl: 'ws://[::1]:1/{id}?a={id}',
          },
        ],
        chat: [
          {
            clusterCount: 2,
            host: 'localhost',
            port: `${b}++`,
            args: ['--title', 'a "b" $(c)', '--no-warnings', '--stack-size=900'],
          },
          {
            id: 'chat-9',
            host: '127.0.0.1',
            port: d,
            args: '  --expose_gc   --max-old-space-size=128 ',
            cpu: '0-0:1',
          },
        ],
      },
      'config/master.json': { port: c, host: '[0:0::1]', startTimeout: '24d' },
      'config/serverProtos.json5':
        "{ onList: { 'optional Node first': 1, 'map Entry scores': 2, 'message Entry': { 'required string key': 1, 'required uInt32 value': 2 } }, 'message Node': { 'optional Node next': 1 } }",
      'config/dictionary.json': {},
    });
    const check = await game.run('config', 'check');
    expect(check).toMatchObject({ code: 0, stderr: '' });
    const start = game.begin('start');
    await start.says('4 servers ready');
    start.child.kill('SIGTERM');
    expect(await start.ended).toMatchObject({ code: 0 });
  });
});
