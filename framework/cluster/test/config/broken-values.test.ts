import { afterEach, describe, expect, it, vi } from 'vitest';
import { configWarnings, loadClusterConfig } from '../../src/config.js';
import { gameOf } from './game-folder.js';

const chat = { id: 'chat-1', port: 6050 };

/** What the check says of a game with these files, a line for each problem. */
function problemsOf(files: Readonly<Record<string, unknown>>, entry: object = chat): string[] {
  using game = gameOf({ chat: [entry] }, files);
  try {
    loadClusterConfig({ root: game.root, env: 'development' });
  } catch (error) {
    return (error as Error).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  return [];
}

describe('options of node', () => {
  const { version } = process;
  const told = (text: string) => `config/servers.json: development.chat[0].args: ${text}`;

  it.each([
    [
      '--no-such-option',
      `expected options of node ${version}, got "--no-such-option": bad option: --no-such-option`,
    ],
    [
      '--max-old-space-size=much',
      `expected options of node ${version}, got "--max-old-space-size=much": illegal value for flag --max-old-space-size=much of type size_t`,
    ],
    [
      '--inspect=99999',
      `expected options of node ${version}, got "--inspect=99999": must be 0 or in range 1024 to 65535.`,
    ],
    ['--require', `expected options of node ${version}, got "--require": --require requires an argument`],
    [
      '--title a server.js',
      'expected options of node alone, got "server.js", which node would take for the script to run',
    ],
    [
      'server.js',
      'expected options of node alone, got "server.js", which node would take for the script to run',
    ],
    [
      '--inspect 9229',
      'expected options of node alone, got "9229", which node would take for the script to run',
    ],
    ['-- --inspect', 'expected options of node alone, got "--", which node would take for the script to run'],
    ['--eval=1', 'expected options for a server, got --eval=1, with which node runs none'],
    ['--version', 'expected options for a server, got --version, with which node runs none'],
  ])('%s are refused before anything starts', (args, expected) => {
    expect(problemsOf({}, { ...chat, args })).toEqual([told(expected)]);
    expect(problemsOf({}, { ...chat, args: args.split(' ') })).toEqual([told(expected)]);
  });

  it('are all told at once, and once for all copies of an entry', () => {
    const args = '--one --inspect --two extra --check';
    expect(problemsOf({}, { clusterCount: 3, port: '6050++', args })).toEqual([
      told('expected options of node alone, got "extra", which node would take for the script to run'),
      told('expected options for a server, got --check, with which node runs none'),
      told(`expected options of node ${version}, got "--one": bad option: --one`),
      told(`expected options of node ${version}, got "--two": bad option: --two`),
    ]);
  });

  it.each([
    '--max-old-space-size=512 --inspect=9229',
    '--expose_gc --no-warnings',
    '-r ./never-run.js --import ./never-run.mjs',
    '--conditions=game -C other',
  ])('%s are taken, and nothing of them is run', (args) => {
    const files = { 'never-run.js': 'process.exit(5)', 'never-run.mjs': 'process.exit(5)' };
    expect(problemsOf(files, { ...chat, args })).toEqual([]);
    expect(problemsOf(files, { ...chat, args: ['--title', 'a b; $(c)', ...args.split(' ')] })).toEqual([]);
  });

  it.each([
    ['-r ./no.js', 'a module, which {root}/no.js is not'],
    ['--require=./no', 'a module, which {root}/no is not'],
    ['-r no-such-package', 'a module that is found from {root}, which no-such-package is not'],
    ['--import ./no.mjs', 'a module, which {root}/no.mjs is not'],
    [
      '--import=no-such-package/hook',
      'a module that is found from {root}, which no-such-package/hook is not',
    ],
    ['--import file:///no/such.mjs', 'a module, which /no/such.mjs is not'],
    ['--loader ./no.mjs', 'a module, which {root}/no.mjs is not'],
    ['--experimental_loader=./no.mjs', 'a module, which {root}/no.mjs is not'],
    ['--env-file=no.env', 'a file, which {root}/no.env is not'],
    ['--snapshot-blob=no.blob', 'a file, which {root}/no.blob is not'],
    ['--trace-event-file-pattern=no/x', 'a file in a folder that there is, which {root}/no is not'],
  ])('that name a file which is not there are refused: %s', (args, expected) => {
    using game = gameOf({ chat: [{ ...chat, args }] }, {});
    const told = expected.replace('{root}', game.root);
    expect(() => loadClusterConfig({ root: game.root, env: 'development' })).toThrow(
      `config/servers.json: development.chat[0].args: expected ${told}, got ${args}`,
    );
  });

  it.each([
    '-r ./hook',
    '-r node:fs --import data:text/javascript,0 --import node:fs',
    '--import ./hook.js --import ./typed.js -r ./typed -r a-name-of-the-hook',
    '--env-file=.env',
    '--trace-event-file-pattern=trace-1.log',
  ])('are taken where their files are there, or may be found by what is loaded before: %s', (args) => {
    const files = { 'hook.js': 'process.exit(5)', 'typed.ts': 'process.exit(5)', '.env': 'A=1' };
    expect(problemsOf(files, { ...chat, args: args.split(' ') })).toEqual([]);
  });

  it('name files of the host that its servers run on: those of another machine are not looked for here', () => {
    expect(problemsOf({}, { ...chat, host: '10.99.0.1', args: '-r ./no.js --import ./no.js' })).toEqual([]);
  });

  it('for a host that names its own node are left to that', () => {
    const hosts = { '10.0.0.1': { node: '/opt/node-99/bin/node' } };
    const entry = { ...chat, host: '10.0.0.1', args: '--of-node-99' };
    expect(problemsOf({ 'config/master.json': { hosts } }, entry)).toEqual([]);
    expect(problemsOf({}, entry)).toHaveLength(1);
  });
});

describe('mistakes in protos', () => {
  const field = 'a field is "<option> <type> <name>"';
  const file = 'config/serverProtos.json';

  it.each([
    ['an unknown type', { onMove: { 'required uInt33 x': 1 } }, 'onMove.x: there is no type uInt33'],
    [
      'a message that is not there',
      { onMove: { 'repeated Point path': 1 } },
      'onMove.path: there is no type Point',
    ],
    [
      'a tag twice',
      { onMove: { 'required uInt32 x': 1, 'required uInt32 y': 1 } },
      'onMove["required uInt32 y"]: tag 1 belongs to x already',
    ],
    [
      'tag 0',
      { onMove: { 'required uInt32 x': 0 } },
      'onMove["required uInt32 x"]: a tag is a whole number from 1 to 268435455, not 0',
    ],
    [
      'a tag that is too large',
      { onMove: { 'required uInt32 x': 2 ** 28 } },
      'onMove["required uInt32 x"]: a tag is a whole number from 1 to 268435455, not 268435456',
    ],
    [
      'a tag that is a text',
      { onMove: { 'required uInt32 x': '1' } },
      'onMove["required uInt32 x"]: a tag is a whole number from 1 to 268435455, not a string',
    ],
    [
      'an unknown label',
      { onMove: { 'mandatory uInt32 x': 1 } },
      'onMove["mandatory uInt32 x"]: mandatory is not one of message, required, optional, repeated, map, obj',
    ],
    ['a field without a name', { onMove: { 'required uInt32': 1 } }, `onMove["required uInt32"]: ${field}`],
    [
      'a field with too many words',
      { onMove: { 'required uInt32 x y': 1 } },
      `onMove["required uInt32 x y"]: ${field}`,
    ],
    [
      'a name twice',
      { onMove: { 'required uInt32 x': 1, 'optional string x': 2 } },
      'onMove["optional string x"]: there is a field x already',
    ],
    [
      'a name of the parsed form',
      { onMove: { 'required uInt32 __tags': 1 } },
      'onMove["required uInt32 __tags"]: __tags is a name of the parsed form',
    ],
    [
      'no object for a message',
      { onMove: ['required uInt32 x'] },
      'onMove: should be an object, but is an array',
    ],
    [
      'a message without a name',
      { onMove: { 'message ': { 'required uInt32 x': 1 } } },
      'onMove["message "]: a message is declared as "message <Name>"',
    ],
    [
      'a map without key and value',
      { onMove: { 'map Entry scores': 1, 'message Entry': { 'required string name': 1 } } },
      'onMove.scores: the type of a map is a message with the fields key and value',
    ],
    [
      'a mistake in a nested message',
      { onMove: { 'message Point': { 'required float32 x': 1 }, 'required Point at': 1 } },
      'onMove["message Point"].x: there is no type float32',
    ],
  ])('%s is told with its place', (_, protos, expected) => {
    expect(problemsOf({ [file]: protos })).toEqual([`${file}: ${expected}`]);
    expect(problemsOf({ 'config/clientProtos.json': { development: protos } })).toEqual([
      `config/clientProtos.json: development.${expected}`,
    ]);
  });

  it('are told all at once', () => {
    const protos = { onMove: { 'required a x': 1, 'b uInt32 y': 2, 'required c z': 0 }, onStop: 7 };
    expect(problemsOf({ [file]: protos })).toHaveLength(4);
  });

  it('do no harm where protobuf is off; messages may name each other in a ring', () => {
    const off = { 'config/settings.json': { client: { protobuf: false } } };
    expect(problemsOf({ [file]: { onMove: { 'required a x': 1 } }, ...off })).toEqual([]);
    const ring = { 'message Node': { 'optional Node next': 1 }, onList: { 'optional Node first': 1 } };
    expect(problemsOf({ [file]: ring })).toEqual([]);
  });
});

describe('a key that is given twice', () => {
  const twice = (at: string, first: string, second: string) =>
    `${at}: this key is there twice, ${first}, and ${second}: expected it once, as only the last one would count`;

  it.each([
    [
      'config/servers.json',
      '{"development": {\n"chat": [{"id": "chat-1", "port": 6050}],\n"chat": [{"id": "chat-2", "port": 6051}]}}',
      twice('development.chat', 'line 2, column 1', 'line 3, column 1'),
    ],
    [
      'config/servers.json',
      '{"development": {"chat": [{"id": "chat-1",\n "port": 6050, "port": 6051}]}}',
      twice('development.chat[0].port', 'line 2, column 2', 'line 2, column 16'),
    ],
    [
      'config/master.json5',
      '{ port: 3005, // first\n  port: 3006 }',
      twice('port', 'line 1, column 3', 'line 2, column 3'),
    ],
    [
      'config/settings.json5',
      '{ client: { heartbeat: "3s", \'heartbeat\': false } }',
      twice('client.heartbeat', 'line 1, column 13', 'line 1, column 30'),
    ],
    [
      'config/crons.json',
      '{ "chat": [], "chat": [] }',
      twice('chat', 'line 1, column 3', 'line 1, column 15'),
    ],
    [
      'config/serverProtos.json',
      '{ "onMove": { "required uInt32 x": 1, "required uInt32 x": 2 } }',
      twice('onMove["required uInt32 x"]', 'line 1, column 15', 'line 1, column 39'),
    ],
    [
      'config/clientProtos.json',
      '{ "a.b.c": {}, "a.b.c": {} }',
      twice('["a.b.c"]', 'line 1, column 3', 'line 1, column 16'),
    ],
    [
      'config/dictionary.json',
      '{ "development": ["a"],\n"development": ["b"] }',
      twice('development', 'line 1, column 3', 'line 2, column 1'),
    ],
  ])('in %s is told with both its places', (file, text, expected) => {
    expect(problemsOf({ [file]: text })).toContain(`${file}: ${expected}`);
  });

  it('in the part of another environment is left to that', () => {
    const text = '{ development: { port: 3005 }, production: { port: 1, port: 2 } }';
    expect(problemsOf({ 'config/master.json5': text })).toEqual([]);
  });
});

describe('other values that no server can work with', () => {
  it.each([
    ['3-1', false],
    ['0-3:0', false],
    ['0-9999', false],
    ['0,2-4:2', true],
  ])('cpu %j: %s', (cpu, fine) => {
    const expected = `config/servers.json: development.chat[0].cpu: expected a core from 0 to 4095, or a list of cores such as "0-3" or "0,2", got "${cpu}"`;
    expect(problemsOf({}, { ...chat, cpu })).toEqual(fine ? [] : [expected]);
  });

  it('numbers beyond which nothing can be counted', () => {
    const { maxConnections, maxFrameBytes } = { maxConnections: 2 ** 31, maxFrameBytes: 2 ** 30 + 1 };
    const client = { maxConnections, maxConnectionsPerAddress: Number.MAX_SAFE_INTEGER };
    const entry = { id: 'gate-1', frontend: true, clientPort: 3014, 'max-connections': 2 ** 31 };
    const files = { 'config/settings.json': { client, rpc: { maxFrameBytes } } };
    const most = 'a whole number from 1 to 2147483647';
    expect(problemsOf(files, { ...entry, weight: 1e308 })).toEqual([
      `config/settings.json: client.maxConnections: expected ${most}, got 2147483648`,
      `config/settings.json: client.maxConnectionsPerAddress: expected ${most}, got 9007199254740991`,
      'config/settings.json: rpc.maxFrameBytes: expected at most 1073741824 bytes, got 1073741825',
      `config/servers.json: development.chat[0].max-connections: expected ${most}, got 2147483648`,
      'config/servers.json: development.chat[0].weight: expected a number above 0 and up to 1000000, got 1e+308',
    ]);
    const largest = { 'max-connections': 2 ** 31 - 1, weight: 1_000_000 };
    expect(problemsOf({}, { ...entry, ...largest })).toEqual([]);
  });

  it('durations that are over at once, as no timer counts so far', () => {
    expect(
      problemsOf({
        'config/master.json': { startTimeout: '25d', heartbeat: '24d', heartbeatTimeout: '48d' },
      }),
    ).toEqual([
      'config/master.json: startTimeout: expected a duration of at most 24d, got "25d"',
      'config/master.json: heartbeatTimeout: expected a duration of at most 24d, got "48d"',
    ]);
  });

  it('more routes than have codes', () => {
    const routes = Array.from({ length: 65_536 }, (_, index) => `onPush${index}`);
    expect(problemsOf({ 'config/dictionary.json': routes })).toEqual([
      'config/dictionary.json: the route dictionary is not usable: the code of onPush65535 is 65536, not from 1 to 65535',
    ]);
  });

  it.each(['', 'ann@', 'ann@host:0', 'host:99999', 'a b', '[fd00::2', 'host,,other'])(
    'hosts on the way that are none: %j',
    (jump) => {
      const expected =
        jump === ''
          ? 'a host, as user@host:port'
          : 'hosts as user@host:port, parted by commas; an IPv6 address with a port stands in brackets';
      const [first] = problemsOf({ 'config/master.json': { ssh: { jump } } });
      expect(first).toBe(`config/master.json: ssh.jump: expected ${expected}, got ${JSON.stringify(jump)}`);
    },
  );

  it.each(['none', 'host', 'ann@host:22, bob@other', 'ann@[fd00::2]:22', 'fd00::2'])(
    'and hosts on the way that can be: %s',
    (jump) => {
      expect(problemsOf({ 'config/master.json': { ssh: { jump } } })).toEqual([]);
    },
  );
});

describe('the version of the game, which servers tell the master', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    [2, '2'],
    [{ a: 1 }, '{"a":1}'],
    ['1'.repeat(201), 'one of 201'],
  ])('is refused where it is no text that the master takes: %j', (version, got) => {
    expect(problemsOf({ 'package.json': { version } })).toEqual([
      `package.json: version: expected a text of at most 200 characters, got ${got}`,
    ]);
  });

  it.each([[{}], [{ version: '' }], [{ version: '1'.repeat(200) }], [{ version: null }], [[]], ['null']])(
    'may be missing: %j',
    (manifest) => {
      expect(problemsOf({ 'package.json': manifest })).toEqual([]);
    },
  );

  it('is refused in the environment variable as well', () => {
    vi.stubEnv('POMELO_TS_BUILD', 'b'.repeat(201));
    expect(problemsOf({})).toEqual([
      'the environment variable POMELO_TS_BUILD: expected a text of at most 200 characters, got one of 201',
    ]);
  });
});

describe('what a start would refuse', () => {
  const { version } = process;
  const told = (key: string, text: string) => `config/servers.json: development.chat[0].${key}: ${text}`;
  const got = (args: string) => `expected options that node ${version} can run with, got "${args}"`;

  it.each([
    ['--stack-size=1', 'RangeError: Maximum call stack size exceeded'],
    ['--stack-size=50', 'RangeError: Maximum call stack size exceeded'],
    ['--heapsnapshot-signal=FOO', 'TypeError [ERR_UNKNOWN_SIGNAL]: Unknown signal: FOO'],
  ])('options of node that end it as soon as it runs: %s', (args, words) => {
    expect(problemsOf({}, { ...chat, args })).toEqual([told('args', `${got(args)}: ${words}`)]);
  });

  it.each(['--inspect=6050', '--inspect-brk=127.0.0.1:6050', '--inspect-port=6050', '--debug_port=6050'])(
    'a debugger at the port of the server: %s',
    (args) => {
      const expected = `expected a port that no server has, got ${args}; chat-1 listens there`;
      expect(problemsOf({}, { ...chat, args })).toEqual([told('args', expected)]);
      expect(problemsOf({}, { ...chat, args: args.replace('6050', '6051') })).toEqual([]);
    },
  );

  it('a memory that holds nothing, and no leave to read the files of the game', () => {
    const permission = process.allowedNodeEnvironmentFlags.has('--permission')
      ? '--permission'
      : '--experimental-permission';
    for (const args of ['--max-old-space-size=1', permission]) {
      const found = problemsOf({}, { ...chat, args });
      expect(found).toHaveLength(1);
      expect(found[0]).toContain(got(args));
    }
    expect(problemsOf({}, { ...chat, args: `${permission} --allow-fs-read=*` })).toEqual([]);
  });

  it('texts with NUL, which the system takes for their end', () => {
    const [args] = problemsOf({}, { ...chat, args: ['--title=a\0b'] });
    expect(args).toContain('expected Node options as a list of texts, or as one text, without NUL');
    const [group] = problemsOf({}, { ...chat, group: 'a\0b' });
    expect(group).toContain('expected the name of a group without NUL');
  });

  it('ids and types that are too long for files, keys and messages', () => {
    expect(problemsOf({}, { ...chat, id: 'c'.repeat(200) })).toEqual([]);
    expect(problemsOf({}, { ...chat, id: 'c'.repeat(201) })).toEqual([
      told('id', `expected an id of at most 200 characters, got "${'c'.repeat(56)}...`),
    ]);
    const type = 't'.repeat(151);
    using game = gameOf({ [type]: [chat] });
    expect(() => loadClusterConfig({ root: game.root, env: 'development' })).toThrow(
      'expected a type of at most 150 characters',
    );
  });

  it('ids of crons that run once, where no lease can have them', () => {
    const cron = { time: '* * * * * *', action: 'c.tick', once: 'cluster' };
    const crons = (id: string) => ({ 'config/crons.json': { chat: [{ ...cron, id }] } });
    expect(problemsOf(crons('x'.repeat(195)))).toEqual([]);
    expect(problemsOf(crons('x'.repeat(196)))).toEqual([
      'config/crons.json: chat[0].id: its lease is cron/<id>, for which is expected at most 200 characters, got a string of 201 characters',
    ]);
  });

  it('frames between servers that the longest package of a client has no place in', () => {
    expect(problemsOf({ 'config/settings.json': { rpc: { maxFrameBytes: '64KiB' } } })).toEqual([
      'config/settings.json: rpc.maxFrameBytes: expected at least 66560 bytes, got 65536: a package of a client may have 65536 (client.maxPackageBytes), and could not be handed to a backend',
    ]);
    expect(problemsOf({ 'config/settings.json': { rpc: { maxFrameBytes: '65KiB' } } })).toEqual([]);
  });
});

describe('what may not be meant', () => {
  function warningsOf(files: Readonly<Record<string, unknown>>): readonly string[] {
    using game = gameOf({ chat: [chat] }, files);
    return configWarnings(loadClusterConfig({ root: game.root, env: 'development' }));
  }

  it('is a file whose name is a slip, and no file of the game itself', () => {
    const own = { 'config/coins.json': {}, 'config/adminServer.json': [], 'config/items.json5': '[]' };
    expect(warningsOf(own)).toEqual([]);
    expect(warningsOf({ ...own, 'config/setings.json': {}, 'config/development/Crons.json5': '{}' })).toEqual(
      [
        'config/setings.json: nobody reads this file; did you mean settings.json?',
        'config/development/Crons.json5: nobody reads this file; did you mean crons.json5?',
      ],
    );
  });

  it('is a heartbeat that costs more than it carries, and a network of proxies that holds everybody', () => {
    const told = (client: object) => warningsOf({ 'config/settings.json': { client } });
    expect(told({ heartbeat: '1s', trustedProxies: ['10.0.0.0/8', '192.0.2.1', 'fd00::/16'] })).toEqual([]);
    expect(told({ heartbeat: false })).toEqual([]);
    expect(told({ heartbeat: '1ms', trustedProxies: ['0.0.0.0/0', '10.0.0.0/7', '::/0'] })).toEqual([
      expect.stringContaining('settings.client.heartbeat: 1 ms has each client'),
      ...['0.0.0.0/0', '10.0.0.0/7', '::/0'].map((range) =>
        expect.stringContaining(`settings.client.trustedProxies: ${range} trusts clients, too`),
      ),
    ]);
  });

  it('is a cron whose file is not there', () => {
    const crons = { chat: [{ id: 'a', time: '0 0 4 * * *', action: 'c.nope' }] };
    const words =
      'crons.chat: the cron a runs c.nope, and there is no app/servers/chat/cron/c.js: unless a plugin or the code of app.js brings it, the start fails';
    expect(warningsOf({ 'config/crons.json': crons })).toEqual([words]);
    expect(warningsOf({ 'config/crons.json': crons, 'app/servers/chat/cron/c.mjs': '' })).toEqual([]);
  });
});
