import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadClusterConfig, resolveAppDir } from '../../src/config.js';
import { GameFolder, gameOf } from './game-folder.js';

const load = (game: GameFolder, env = 'development') => loadClusterConfig({ root: game.root, env });

/** The problem lines that loading gives. */
function problemsOf(game: GameFolder, env?: string): string[] {
  try {
    load(game, env);
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    return (error as Error).message
      .split('\n')
      .slice(1)
      .map((line) => line.trim());
  }
  throw new Error('expected CONFIG_INVALID');
}

const chat = { id: 'chat-server-1', port: 6050 };
const gate = { id: 'gate-server-1', clientPort: 3014, frontend: true };

const idExpected = 'expected an id of letters, digits, ".", "_" and "-" that begins with a letter or digit';

describe('the configuration of a game', () => {
  it('names what stands in the place of a file and is none, and waits for no pipe', () => {
    using game = gameOf({ chat: [chat] });
    const config = join(game.root, 'config');
    execFileSync('mkfifo', [join(config, 'settings.json5')]);
    symlinkSync('/dev/zero', join(config, 'crons.json5'));
    symlinkSync('../nowhere.json5', join(config, 'master.json5'));
    expect(problemsOf(game)).toEqual([
      'config/master.json5: it is a link to ../nowhere.json5, which is not there',
      'config/settings.json5: expected a file, got a pipe',
      'config/crons.json5: expected a file, got a device',
    ]);
  });

  it('says of a key that another file knows where it belongs', () => {
    using game = gameOf({ chat: [chat] });
    const write = (name: string, value: object) =>
      writeFileSync(join(game.root, 'config', `${name}.json5`), JSON.stringify(value));
    write('settings', { log: { maxSize: '1MiB' }, restart: {}, clinet: {} });
    write('master', { client: {} });
    expect(problemsOf(game)).toEqual([
      'config/master.json5: client: unknown key here; it belongs into config/settings.json5',
      'config/settings.json5: log.maxSize: unknown key here; it belongs into config/master.json5',
      'config/settings.json5: restart: unknown key here; it belongs into config/master.json5',
      'config/settings.json5: clinet: unknown key; did you mean client?',
    ]);
  });

  it.each([
    [{ uid: true }, 'tracing.uid: unknown key; did you mean uids?'],
    [{ uids: 'yes' }, 'tracing.uids: expected true or false, got "yes"'],
    ['on', 'tracing: expected true, false or an object, got "on"'],
    [['uids'], 'tracing: expected true, false or an object, got ["uids"]'],
  ])('names within what may be of several kinds the key that is wrong: %j', (tracing, said) => {
    using game = gameOf({ chat: [chat] }, { 'config/settings.json': { tracing } });
    expect(problemsOf(game)).toEqual([`config/settings.json: ${said}`]);
  });

  it('has a default for everything but the servers', () => {
    using game = gameOf({ chat: [chat], gate: [gate] });
    const config = load(game);
    expect(config).toMatchObject({
      root: game.root,
      appDir: game.root,
      env: 'development',
      master: { id: 'master', host: '127.0.0.1', port: 3005, startTimeoutMs: 30_000, stopTimeoutMs: 10_000 },
      dictionary: [],
      clientProtos: null,
      serverProtos: null,
    });
    expect(config.servers).toEqual([
      {
        id: 'chat-server-1',
        type: 'chat',
        host: '127.0.0.1',
        port: 6050,
        frontend: false,
        weight: 1,
        args: [],
        autoRestart: false,
        restartForce: false,
      },
      {
        id: 'gate-server-1',
        type: 'gate',
        host: '127.0.0.1',
        clientHost: '127.0.0.1',
        clientPort: 3014,
        frontend: true,
        weight: 1,
        args: [],
        autoRestart: false,
        restartForce: false,
      },
    ]);
    expect(config.settings).toEqual({
      client: {
        heartbeatMs: 30_000,
        probeMs: false,
        heartbeatTimeoutMs: 60_000,
        handshakeTimeoutMs: 10_000,
        dictionary: true,
        protobuf: true,
        maxPackageBytes: 65_536,
        maxPendingRequests: 256,
        maxPendingNotifies: 10_000,
        sendQueue: { maxBytes: 1_048_576, policy: 'close' },
        origins: 'any',
        compression: false,
        trustedProxies: [],
        proxyProtocol: false,
      },
      rpc: {
        heartbeatMs: 500,
        heartbeatTimeoutMs: 2800,
        timeoutMs: 10_000,
        codec: 'msgpackr',
        encryption: 'auto',
        maxPending: 10_000,
        maxFrameBytes: 16 * 1024 ** 2,
        maxQueueBytes: 64 * 1024 ** 2,
      },
      session: { perUid: 'many' },
      gate: { strategy: 'hash', serverType: 'connector' },
      ids: {},
      log: { level: 'info' },
      request: { timeoutMs: 30_000 },
      tracing: false,
      lifecycle: { timeoutMs: 20_000 },
    });
  });

  it('lets pages of the same host in only, outside development', () => {
    using game = gameOf({ chat: [chat] }, { 'config/servers.json': { chat: [chat] } });
    expect(load(game, 'production').settings.client.origins).toBe('same-host');
  });

  it('starts crashed servers again outside development, unless they say otherwise', () => {
    const servers = {
      chat: [
        chat,
        { ...chat, id: 'chat-2', port: 6102, 'auto-restart': false },
        { ...chat, id: 'chat-3', port: 6103, 'restart-force': false },
        { ...chat, id: 'chat-4', port: 6104, 'auto-restart': false, 'restart-force': true },
      ],
    };
    using game = gameOf(servers, { 'config/servers.json': servers });
    const flags = (env: string) =>
      load(game, env).servers.map(({ autoRestart, restartForce }) => [autoRestart, restartForce]);
    expect(flags('production')).toEqual([
      [true, true],
      [false, false],
      [true, false],
      [false, true],
    ]);
    expect(flags('development').slice(0, 3)).toEqual([
      [false, false],
      [false, false],
      [false, false],
    ]);
  });

  it('refuses a longest back-off that is shorter than the first', () => {
    const restart = { minBackOff: '10s', maxBackOff: '5s', limit: 0 };
    using game = gameOf({ chat: [chat] }, { 'config/master.json': { restart } });
    expect(problemsOf(game)).toEqual([
      'config/master.json: restart.limit: expected a whole number from 1 to 1000, got 0',
      'config/master.json: restart.maxBackOff: expected at least minBackOff, 10s, got "5s"',
    ]);
  });

  it('reads durations and sizes with their units', () => {
    using game = gameOf(
      { chat: [chat] },
      {
        'config/settings.json5': `{ client: { heartbeat: false, maxPackageBytes: 1000, sendQueue: { maxBytes: '2MiB' } }, rpc: { timeout: '1.5s' } }`,
      },
    );
    const { client, rpc } = load(game).settings;
    expect(client).toMatchObject({
      heartbeatMs: false,
      heartbeatTimeoutMs: false,
      maxPackageBytes: 1000,
      sendQueue: { maxBytes: 2 * 1024 ** 2 },
    });
    expect(rpc.timeoutMs).toBe(1500);
  });

  it('takes pomelo’s field names and spellings, and carries other fields with their types', () => {
    using game = gameOf({
      connector: [
        {
          id: 'connector-server-1',
          host: '10.0.0.1',
          port: 4050,
          clientHost: 'play.example.com',
          clientPort: 3050,
          frontend: 'true',
          'max-connections': 100,
          'auto-restart': 'true',
          'restart-force': true,
          args: '--inspect=9229 --max-old-space-size=512',
          cpu: 1,
          area: 3,
          tags: ['a'],
          ip: '1.2.3.4',
          zip: '007',
        },
      ],
    });
    expect(load(game).servers[0]).toEqual({
      id: 'connector-server-1',
      type: 'connector',
      host: '10.0.0.1',
      port: 4050,
      clientHost: 'play.example.com',
      clientPort: 3050,
      frontend: true,
      maxConnections: 100,
      autoRestart: true,
      restartForce: true,
      args: ['--inspect=9229', '--max-old-space-size=512'],
      cpu: 1,
      weight: 1,
      area: 3,
      tags: ['a'],
      ip: '1.2.3.4',
      zip: '007',
    });
  });

  it('expands clusterCount: ports and other fields count up in each entry, ids run on over the type', () => {
    using game = gameOf({
      connector: [
        { clusterCount: 2, port: '4050++', clientPort: '3050++', frontend: true, room: '100++', note: 'C++' },
        { id: 'connector-server-x', port: 4090, clientPort: 3090, frontend: true },
        { clusterCount: 1, host: '10.0.0.2', port: '4050++', clientPort: '3050++', frontend: true },
      ],
    });
    const rows = load(game).servers.map(({ id, port, clientPort, room, note }) => [
      id,
      port,
      clientPort,
      room,
      note,
    ]);
    expect(rows).toEqual([
      ['cluster-server-connector-0', 4050, 3050, 100, 'C++'],
      ['cluster-server-connector-1', 4051, 3051, 101, 'C++'],
      ['connector-server-x', 4090, 3090, undefined, undefined],
      ['cluster-server-connector-2', 4050, 3050, undefined, undefined],
    ]);
    expect(load(game).servers[0]).not.toHaveProperty('clusterCount');
  });

  it('counts the ports of further acceptors up with those of their servers', () => {
    const acceptors = [{ name: 'lines', port: '4100++', options: { first: '7++' } }];
    using game = gameOf({ gate: [{ clusterCount: 2, clientPort: '3050++', frontend: true, acceptors }] });
    expect(load(game).servers.map((server) => server.acceptors)).toEqual([
      [{ name: 'lines', port: 4100, options: { first: '7++' } }],
      [{ name: 'lines', port: 4101, options: { first: '7++' } }],
    ]);
  });

  it('finds files of one environment in their own folder', () => {
    using game = new GameFolder({
      'app/servers/chat/': '',
      'config/staging/servers.json5': `{ chat: [{ id: 'c', port: 1000 }] } // the staging host`,
      'config/staging/master.json': { port: 4005 },
      'config/dictionary.json': ['onChat', 'onLeave'],
      'config/clientProtos.json': { 'chat.chatHandler.send': { 'required string text': 1 } },
    });
    const config = load(game, 'staging');
    expect(config.servers[0]?.id).toBe('c');
    expect(config.master.port).toBe(4005);
    expect(config.dictionary).toEqual(['onChat', 'onLeave']);
    expect(config.clientProtos).toEqual({ 'chat.chatHandler.send': { 'required string text': 1 } });
  });

  it('may name a schema for editors at the top of every file, of all environments or of one', () => {
    const $schema = './schema/x.json';
    using game = gameOf(
      { chat: [chat] },
      {
        'config/servers.json': { $schema, chat: [chat] },
        'config/master.json': { $schema, development: { port: 3105 } },
        'config/settings.json': { $schema, rpc: { timeout: '1s' } },
        'config/clientProtos.json': { $schema },
      },
    );
    expect(load(game)).toMatchObject({
      servers: [{ id: 'chat-server-1' }],
      master: { port: 3105 },
      settings: { rpc: { timeoutMs: 1000 } },
      clientProtos: {},
    });
    game.write({ 'config/settings.json': { $schema: 1 } });
    expect(problemsOf(game)).toEqual(['config/settings.json: $schema: expected a text, got 1']);
  });

  it('takes the empty object that pomelo’s template has as dictionary', () => {
    using game = gameOf({ chat: [chat] }, { 'config/dictionary.json': {} });
    expect(load(game).dictionary).toEqual([]);
  });
});

describe('a mistake in servers.json', () => {
  const at = 'config/servers.json: development';
  const cases: [string, Record<string, unknown>, string[]][] = [
    [
      'in a key names the key that was meant',
      {
        chat: [
          { ...chat, clientport: 1, auto_restart: true, 'max-connection': 5, autoRestart: true, prot: 1 },
        ],
      },
      [
        `${at}.chat[0].clientport: unknown key; did you mean clientPort?`,
        `${at}.chat[0].auto_restart: unknown key; did you mean auto-restart?`,
        `${at}.chat[0].max-connection: unknown key; did you mean max-connections?`,
        `${at}.chat[0].autoRestart: unknown key; did you mean auto-restart?`,
        `${at}.chat[0].prot: unknown key; did you mean port?`,
      ],
    ],
    [
      'in a port gives the range',
      {
        chat: [
          { ...chat, port: 70000 },
          { id: 'b', port: 0 },
          { id: 'c', port: '6050' },
        ],
      },
      [
        `${at}.chat[0].port: expected a port from 1 to 65535, got 70000`,
        `${at}.chat[1].port: expected a port from 1 to 65535, got 0`,
        `${at}.chat[2].port: expected a port from 1 to 65535, or "3150++" beside clusterCount, got "6050"`,
      ],
    ],
    [
      'such as one id twice names both places',
      { chat: [chat, { ...chat, port: 6051 }] },
      [`${at}.chat[1].id: the id chat-server-1 is already that of development.chat[0]`],
    ],
    [
      'such as one port twice names both servers, however the host is called',
      {
        chat: [chat, { id: 'b', host: 'localhost', port: 6050 }],
        gate: [{ ...gate, host: '0.0.0.0', port: 6050 }],
      },
      [
        `${at}.chat[1].port: b wants localhost:6050, which port of chat-server-1 has`,
        `${at}.gate[0].port: gate-server-1 wants 0.0.0.0:6050, which port of chat-server-1 has`,
      ],
    ],
    [
      'such as a port for metrics that is taken, as far as both are of one address',
      {
        chat: [
          { ...chat, opsPort: 6050 },
          { id: 'b', host: '127.0.0.1', port: 6051, opsPort: 6052 },
          { id: 'c', host: '127.0.0.1', port: 6053, opsPort: 6052 },
          { id: 'd', host: '127.0.0.1', port: 6054, opsPort: 6052, opsListen: '127.0.0.2' },
        ],
      },
      [
        `${at}.chat[0].opsPort: chat-server-1 wants 127.0.0.1:6050, which port of chat-server-1 has`,
        `${at}.chat[2].opsPort: c wants 127.0.0.1:6052, which opsPort of b has`,
      ],
    ],
    [
      'such as the port of an acceptor that is taken, or that nobody has given a name, is found',
      {
        chat: [{ ...chat, acceptors: [] }],
        gate: [
          { ...gate, acceptors: [{ name: 'lines', port: gate.clientPort }] },
          { id: 'b', clientPort: 4090, frontend: true, acceptors: [{ port: 4091, prot: 1 }] },
          { id: 'c', clientPort: 4092, frontend: true, acceptors: [{ name: 'lines', port: '4093++' }] },
        ],
      },
      [
        `${at}.chat[0].acceptors: expected frontend: true beside it; this server has no clients`,
        `${at}.gate[0].acceptors[0].port: gate-server-1 wants 127.0.0.1:${gate.clientPort}, which clientPort of gate-server-1 has`,
        `${at}.gate[1].acceptors[0].name: expected the name of an acceptor, got nothing`,
        `${at}.gate[1].acceptors[0].prot: unknown key; did you mean port?`,
        `${at}.gate[2].acceptors[0].port: "4093++" needs clusterCount; expected a port from 1 to 65535`,
      ],
    ],
    [
      'such as the master’s port is found too',
      { chat: [{ ...chat, port: 3005 }] },
      [`${at}.chat[0].port: chat-server-1 wants 127.0.0.1:3005, which the master has`],
    ],
    [
      'such as clusterCount without counting ports is found after expansion',
      { chat: [{ clusterCount: 2, port: 6050 }] },
      [
        `${at}.chat[0].port: cluster-server-chat-1 wants 127.0.0.1:6050, which port of cluster-server-chat-0 has`,
      ],
    ],
    [
      'such as counting past the last port is found',
      { chat: [{ clusterCount: 3, port: '65534++' }] },
      [`${at}.chat[0].port: expected a port from 1 to 65535, got 65536`],
    ],
    [
      'such as counting without clusterCount is told',
      { chat: [{ id: 'a', port: '6050++' }] },
      [`${at}.chat[0].port: "6050++" needs clusterCount; expected a port from 1 to 65535`],
    ],
    [
      'such as a frontend that clients cannot reach is told',
      { gate: [{ id: 'g', frontend: true }] },
      [`${at}.gate[0]: the frontend g has no clientPort; clients could not connect`],
    ],
    [
      'in an id or a type tells what may stand there',
      { chat: [{ id: 'a b' }, {}, { id: '__proto__' }, { id: '..' }], master: [{ id: 'm' }], '9x': [] },
      [
        `${at}.9x: expected a type of letters, digits, "_" and "-" that begins with a letter`,
        `${at}.chat[0].id: ${idExpected}, got "a b"`,
        `${at}.chat[1].id: expected an id, or clusterCount to make ids`,
        `${at}.chat[2].id: ${idExpected}, got "__proto__"`,
        `${at}.chat[3].id: ${idExpected}, got ".."`,
        `${at}.master: the type master is reserved; master.json places the master`,
      ],
    ],
    [
      'in the kind of a value shows what came',
      { chat: { id: 'a' }, area: [7], room: [{ id: 'r', weight: 0, cpu: -1, frontend: 1, type: 'x' }] },
      [
        `${at}.chat: expected a list of servers, got {"id":"a"}`,
        `${at}.area[0]: expected an object with the fields of one server, got 7`,
        `${at}.room[0].type: the type is the key above the list`,
        `${at}.room[0].frontend: expected true or false, got 1`,
        `${at}.room[0].cpu: expected a whole number from 0 to 4095, got -1`,
        `${at}.room[0].weight: expected a number above 0 and up to 1000000, got 0`,
      ],
    ],
    [
      'such as an id for many servers is told',
      { chat: [{ id: 'a', clusterCount: 2, port: '6050++' }] },
      [`${at}.chat[0].id: expected no id beside clusterCount, which makes the ids`],
    ],
    [
      'such as client fields on a server without clients is told',
      { chat: [{ ...chat, clientPort: 3050, 'max-connections': 5 }] },
      [
        `${at}.chat[0].clientPort: expected frontend: true beside it; this server has no clients`,
        `${at}.chat[0].max-connections: expected frontend: true beside it; this server has no clients`,
      ],
    ],
    ['such as having no servers is told', {}, [`${at}: expected at least one server, found none`]],
  ];

  it.each(cases)('%s', (_, servers, expected) => {
    using game = gameOf(servers);
    expect(problemsOf(game).sort()).toEqual([...expected].sort());
  });

  it('such as a type without its folder names the folder', () => {
    using game = gameOf({ chat: [chat] }, { 'config/servers.json': { chat: [chat], area: [{ id: 'a' }] } });
    expect(problemsOf(game)).toEqual([
      'config/servers.json: area: expected the folder app/servers/area for the code of this type',
    ]);
  });

  it('in its JSON gives line and column', () => {
    using game = gameOf({}, { 'config/servers.json': '{\n  "chat": [\n    { "id": "a" "port": 1 }\n  ]\n}' });
    expect(problemsOf(game)).toEqual([
      "config/servers.json: line 3, column 17: not valid JSON5: invalid character '\\\"'",
    ]);
  });

  it('such as its absence names the places it may have', () => {
    using game = new GameFolder({});
    expect(problemsOf(game)).toEqual([
      'config/servers.json5: expected the topology here, or in config/servers.json, config/development/servers.json5 or config/development/servers.json',
    ]);
  });

  it('such as an environment it does not have names those it has', () => {
    using game = gameOf({ chat: [chat] });
    expect(problemsOf(game, 'production')).toEqual([
      'config/servers.json: expected a part for environment production, found only development',
    ]);
  });

  it('such as being a list shows what came', () => {
    using game = gameOf({}, { 'config/servers.json': '[]' });
    expect(problemsOf(game)).toEqual(['config/servers.json: expected an object of server types, got []']);
  });
});

describe('mistakes in other files', () => {
  it('hide no id and no port that is there twice, nor do those in the servers themselves', () => {
    using game = gameOf(
      {
        chat: [
          { ...chat, port: 6050, wieght: 1 },
          { ...chat, port: 6050, weight: 'much' },
          { id: 'chat-3', port: 3005 },
        ],
      },
      { 'config/master.json': { startTimeout: 'long' } },
    );
    const problems = problemsOf(game);
    for (const problem of [
      'config/servers.json: development.chat[1].id: the id chat-server-1 is already that of development.chat[0]',
      'config/servers.json: development.chat[1].port: chat-server-1 wants 127.0.0.1:6050, which port of chat-server-1 has',
      'config/servers.json: development.chat[2].port: chat-3 wants 127.0.0.1:3005, which the master has',
    ])
      expect(problems).toContain(problem);
    expect(problems).toHaveLength(6);
  });

  it('are told of a package.json that is no JSON, with its line; one with a byte order mark is read', () => {
    const manifest = '{\n  "pomelo-ts": { "app": "dist" }';
    const files = { 'dist/app.cjs': '', 'dist/app/servers/chat/': '' };
    using marked = gameOf({ chat: [chat] }, { ...files, 'package.json': `\ufeff${manifest}\n}` });
    expect(load(marked).appDir).toBe(`${marked.root}/dist`);
    using broken = gameOf({ chat: [chat] }, { ...files, 'package.json': manifest });
    expect(problemsOf(broken)).toEqual([
      expect.stringMatching(/^package\.json: line 2, column \d+: not valid JSON: invalid end of input$/),
    ]);
  });

  it('are no origins that pages of web views send', () => {
    const origins = ['file://', 'null', 'capacitor://localhost', 'https://*.example.com'];
    using game = gameOf({ chat: [chat] }, { 'config/settings.json5': { client: { origins } } });
    expect(load(game).settings.client.origins).toEqual(origins);
    using wrong = gameOf(
      { chat: [chat] },
      { 'config/settings.json5': { client: { origins: ['file://*', 'none'] } } },
    );
    expect(problemsOf(wrong).map((problem) => problem.slice(0, 41))).toEqual([
      'config/settings.json5: client.origins[0]:',
      'config/settings.json5: client.origins[1]:',
    ]);
  });

  it('are told together, each with file, path, value and what was expected', () => {
    using game = gameOf(
      { chat: [{ ...chat, port: 99999 }] },
      {
        'config/settings.json5': `{ client: { heartbeat: 30, hearbeatTimeout: '1m', origins: ['game.example.com'], trustedProxies: ['10.0.0.0/40'],
          sendQueue: { policy: 'drip' }, maxPackageBytes: '64' }, rcp: {}, log: 'debug', session: { perUid: 1 } }`,
        'config/master.json': { development: { port: '3005', startTimeOut: '3s', stopTimeout: '0s' } },
        'config/dictionary.json': [1],
        'config/clientProtos.json': [],
        'config/serverProtos.json': '{ "a": ',
      },
    );
    expect(problemsOf(game)).toEqual([
      'config/serverProtos.json: line 1, column 8: not valid JSON5: invalid end of input',
      'config/master.json: development.port: expected a port from 1 to 65535, got "3005"',
      'config/master.json: development.stopTimeout: expected a duration with its unit, such as "500ms", "30s" or "2m", got "0s"',
      'config/master.json: development.startTimeOut: unknown key; did you mean startTimeout?',
      'config/settings.json5: client.heartbeat: expected a duration with its unit, such as "500ms", "30s" or "2m", or false, got 30',
      'config/settings.json5: client.maxPackageBytes: expected a size with its unit, such as "64KiB" or "1MiB", or a number of bytes above 0, got "64"',
      'config/settings.json5: client.sendQueue.policy: expected one of "drop", "close", got "drip"',
      'config/settings.json5: client.origins[0]: expected an origin such as "https://game.example.com" or "https://*.example.com", or "file://" or "null", which pages of web views send, got "game.example.com"',
      'config/settings.json5: client.trustedProxies[0]: expected an IP address or a range such as "10.0.0.0/8", got "10.0.0.0/40"',
      'config/settings.json5: client.hearbeatTimeout: unknown key; did you mean heartbeatTimeout?',
      'config/settings.json5: session.perUid: expected one of "many", "replace", "refuse", got 1',
      'config/settings.json5: log: expected an object, got "debug"',
      'config/settings.json5: rcp: unknown key; did you mean rpc?',
      'config/servers.json: development.chat[0].port: expected a port from 1 to 65535, got 99999',
      'config/dictionary.json: [0]: expected a route, got 1',
      'config/clientProtos.json: expected an object of messages, got []',
    ]);
  });

  it('such as values that cannot work with each other are told', () => {
    using game = gameOf(
      { gate: [gate], chat: [chat] },
      {
        'config/settings.json': {
          client: { heartbeat: '30s', heartbeatTimeout: '10s', proxyProtocol: true },
          gate: { serverType: 'chat' },
        },
        'config/master.json': { heartbeat: '2s' },
      },
    );
    expect(problemsOf(game)).toEqual([
      'config/master.json: heartbeatTimeout: expected at least twice heartbeat, 4s, got nothing',
      'config/settings.json: client.proxyProtocol: expected load balancers in client.trustedProxies, which alone are believed, got true',
      'config/settings.json: client.heartbeatTimeout: expected at least client.heartbeat, 30s, got "10s"',
    ]);
  });

  it('such as sizes beyond what the formats carry are told', () => {
    using game = gameOf(
      { chat: [chat] },
      { 'config/settings.json': { client: { maxPackageBytes: '16MiB' }, rpc: { maxPending: 65_536 } } },
    );
    expect(problemsOf(game)).toEqual([
      'config/settings.json: client.maxPackageBytes: expected at most 16777215 bytes, got "16MiB"',
      'config/settings.json: rpc.maxPending: expected a whole number from 1 to 65535, got 65536',
    ]);
  });

  it.each(['chat', 'conector', 'connector'])(
    'such as a gate that hands out %s, which is no frontend, are told',
    (serverType) => {
      using game = gameOf(
        { gate: [gate], chat: [chat], connector: [{ id: 'c', port: 4050 }] },
        { 'config/settings.json': { gate: { serverType } } },
      );
      expect(problemsOf(game)).toEqual([
        `config/settings.json: gate.serverType: expected the type of a frontend, one of gate; got "${serverType}"`,
      ]);
    },
  );

  it('such as a generator of ids of a type that there is not is told', () => {
    using game = gameOf(
      { gate: [gate], chat: [chat] },
      { 'config/settings.json': { ids: { generatorType: 'chta' } } },
    );
    expect(problemsOf(game)).toEqual([
      'config/settings.json: ids.generatorType: expected a server type of the topology, one of gate, chat; got "chta"',
    ]);
  });

  it('such as two forms of one file names both', () => {
    using game = gameOf({ chat: [chat] }, { 'config/servers.json5': '{}', 'config/master.json/': '' });
    expect(problemsOf(game)).toEqual([
      'config/servers.json5: config/servers.json is there as well; expected one of the two',
      'config/master.json: expected a file, got a folder',
    ]);
  });

  it('list the known keys when none is near', () => {
    using game = gameOf({ chat: [chat] }, { 'config/settings.json': { gate: { banana: 1 } } });
    expect(problemsOf(game)).toEqual([
      'config/settings.json: gate.banana: unknown key; known are strategy, serverType',
    ]);
  });
});

describe('the app’s folder', () => {
  it('is the one that package.json names, else game-server, else the root', () => {
    using game = new GameFolder({ 'game-server/app.js': '', 'built/app.js': '' });
    expect(resolveAppDir(game.root)).toBe(`${game.root}/game-server`);
    game.write({ 'package.json': { 'pomelo-ts': { app: 'built' } } });
    expect(resolveAppDir(game.root)).toBe(`${game.root}/built`);
    using plain = new GameFolder({});
    expect(resolveAppDir(plain.root)).toBe(plain.root);
  });

  it('is told to be built when its compiled app is missing', () => {
    using game = gameOf({ chat: [chat] }, { 'package.json': { 'pomelo-ts': { app: 'dist' } } });
    expect(problemsOf(game)).toEqual([
      'package.json: pomelo-ts.app: Expected app.js in dist, found none. Build the app first (npm run build), or name its compiled folder in package.json as "pomelo-ts": { "app": "…" }.',
    ]);
  });
});
