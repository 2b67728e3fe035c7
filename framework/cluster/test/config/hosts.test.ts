import { describe, expect, it } from 'vitest';
import { clientPlaces } from '../../src/client-places.js';
import { loadClusterConfig } from '../../src/config.js';
import { type GameFolder, gameOf } from './game-folder.js';

const load = (game: GameFolder) => loadClusterConfig({ root: game.root, env: 'development' });

/** What loading finds wrong, without the names of file and environment. */
function problemsOf(
  servers: Readonly<Record<string, unknown>>,
  files: Readonly<Record<string, unknown>> = {},
) {
  using game = gameOf(servers, files);
  try {
    load(game);
  } catch (error) {
    const [, ...lines] = (error as Error).message.split('\n');
    return lines.map((line) => line.trim().replace(/^\S+ (development\.)?/, ''));
  }
  return [];
}

const gate = { id: 'gate-1', clientPort: 3014, frontend: true };
const name = 'a host name or address';
const address = 'an IPv6 address such as "fd00::2"';

describe('a host', () => {
  it.each([
    ['', name],
    ['http://10.0.0.1', `${name} without http://`],
    ['ws://play.example.com', `${name} without ws://`],
    ['10.0.0.1 ', `${name} without blanks`],
    ['my host', `${name} without blanks`],
    ['play.example.com/c1', `${name} without a path`],
    ['ann@example.com', `${name} without a user`],
    ['play.example.com:3014', `${name} without the port`],
    ['10.0.0.1:3014', `${name} without the port`],
    ['[fd00::2]:3014', `${name} without the port`],
    ['[10.0.0.1]', 'an IPv6 address such as "fd00::2"'],
    ['fd00::2::1', 'an IPv6 address such as "fd00::2"'],
    ['fd00:1:2', 'an IPv6 address such as "fd00::2"'],
    ['play..example.com', 'a host name without an empty part between its dots'],
    ['.example.com', 'a host name without an empty part between its dots'],
    ['10.0.0.256', 'an IPv4 address of four numbers from 0 to 255'],
    ['10.0.1', 'an IPv4 address of four numbers from 0 to 255'],
    ['play!.example.com', 'a host name of letters, digits, "-" and "_"'],
    ['*.example.com', 'a host name of letters, digits, "-" and "_"'],
    ['-play.example.com', 'a host name whose parts begin and end with no "-"'],
    ['fe80::1%lo', `${address}, without a zone, which means nothing on another machine`],
    ['[fe80::1%lo]', `${address}, without a zone, which means nothing on another machine`],
    ['::1%lo', `${address}, without a zone, which means nothing on another machine`],
    ['fe80::1', `${address}: a link-local one needs a zone, which means nothing on another machine`],
    ['FEBF:0::1', `${address}: a link-local one needs a zone, which means nothing on another machine`],
    [`${'a'.repeat(64)}.com`, 'a host name of at most 253 letters, 63 between two dots'],
  ])('%j is refused, for servers, clients and the master', (host, expected) => {
    const told = `expected ${expected}, got ${JSON.stringify(host).length > 60 ? `${JSON.stringify(host).slice(0, 57)}...` : JSON.stringify(host)}`;
    expect(problemsOf({ gate: [{ ...gate, host }] })).toEqual([`gate[0].host: ${told}`]);
    expect(problemsOf({ gate: [{ ...gate, clientHost: host }] })).toEqual([`gate[0].clientHost: ${told}`]);
    const masters = { host, masters: [{ host, port: 3005 }] };
    expect(problemsOf({ gate: [gate] }, { 'config/master.json': masters })).toEqual([
      `host: ${told}`,
      `masters[0].host: ${told}`,
    ]);
  });

  it.each([
    ['localhost', 'localhost'],
    ['localhost.', 'localhost'],
    ['game_server_1', 'game_server_1'],
    ['play.example.com.', 'play.example.com.'],
    ['münchen.example', 'münchen.example'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['FD00:0:0::2', 'fd00::2'],
    ['[fd00::2]', 'fd00::2'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
  ])('%s is taken, and kept as %s', (host, kept) => {
    using game = gameOf(
      { gate: [{ ...gate, host }] },
      { 'config/master.json': { host, hosts: { [host]: { node: '/usr/bin/node' } } } },
    );
    const config = load(game);
    expect(config.servers[0]!.host).toBe(kept);
    expect(config.master).toMatchObject({ host: kept, masters: [{ host: kept }] });
    expect(Object.keys(config.master.hosts)).toEqual([kept]);
  });

  it('that a zone belongs to is taken where a server only listens, and not without it', () => {
    const problems = (clientListen: string) => problemsOf({ gate: [{ ...gate, clientListen }] });
    expect(problems('fe80::1%lo')).toEqual([]);
    expect(problems('fe80::1')).toEqual([
      'gate[0].clientListen: expected a link-local address with its zone, such as "fe80::1%eth0", got "fe80::1"',
    ]);
  });

  it('that only means where to listen is none to tell clients', () => {
    for (const clientHost of ['0.0.0.0', '[::]'])
      expect(problemsOf({ gate: [{ ...gate, clientHost }] })).toEqual([
        `gate[0].clientHost: expected ${name} that clients can dial (where to listen is told by clientListen), got "${clientHost}"`,
      ]);
  });

  it('is one host however its IPv6 address is written', () => {
    const chat = (id: string, host: string) => ({ id, host, port: 6050 });
    expect(problemsOf({ chat: [chat('chat-1', 'fd00::2'), chat('chat-2', '[FD00:0::2]')] })).toEqual([
      'chat[1].port: chat-2 wants [fd00::2]:6050, which port of chat-1 has',
    ]);
  });
});

describe('where a frontend listens for clients', () => {
  it.each([
    [{}, ['127.0.0.1']],
    [{ host: 'localhost' }, ['127.0.0.1']],
    [{ host: '127.0.0.2' }, ['127.0.0.2']],
    [{ host: '::1' }, ['::1']],
    [{ host: '[::1]', clientHost: '127.0.0.1' }, ['127.0.0.1']],
    [{ host: '10.0.0.1' }, ['::', '0.0.0.0']],
    [{ host: 'fd00::2' }, ['::', '0.0.0.0']],
    [{ host: '::' }, ['::', '0.0.0.0']],
    [{ host: '0.0.0.0' }, ['::', '0.0.0.0']],
    [{ clientHost: 'play.example.com' }, ['::', '0.0.0.0']],
    [{ clientUrl: 'wss://play.example.com/' }, ['127.0.0.1']],
    [{ host: '10.0.0.1', clientListen: '127.0.0.1' }, ['127.0.0.1']],
    [{ clientListen: '[::]' }, ['::']],
    [{ clientListen: '0.0.0.0' }, ['0.0.0.0']],
  ])('is told by %j: %j', (fields, places) => {
    using game = gameOf({ gate: [{ ...gate, ...fields }] });
    expect(clientPlaces(load(game).servers[0]!)).toEqual(places);
  });

  it('is an address, and for clients', () => {
    expect(problemsOf({ gate: [{ ...gate, clientListen: 'localhost' }] })).toEqual([
      'gate[0].clientListen: expected an IP address, such as "0.0.0.0" for all of IPv4 or "::" for all addresses, got "localhost"',
    ]);
    expect(
      problemsOf({ chat: [{ id: 'chat-1', clientListen: '::', clientUrl: 'wss://play.example.com' }] }),
    ).toEqual([
      'chat[0].clientListen: expected frontend: true beside it; this server has no clients',
      'chat[0].clientUrl: expected frontend: true beside it; this server has no clients',
    ]);
  });

  it('may be the same port at two addresses of one host, and not at all of them and one', () => {
    const at = (id: string, clientListen?: string) => ({
      ...{ id, host: '10.0.0.1', clientPort: 443, frontend: true },
      ...(clientListen && { clientListen }),
    });
    expect(problemsOf({ gate: [at('gate-1', '10.0.0.1'), at('gate-2', '10.0.0.2')] })).toEqual([]);
    for (const other of [undefined, '::', '10.0.0.1'])
      expect(problemsOf({ gate: [at('gate-1', '10.0.0.1'), at('gate-2', other)] })).toEqual([
        'gate[1].clientPort: gate-2 wants 10.0.0.1:443, which clientPort of gate-1 has',
      ]);
  });
});

describe('the URL that clients are told', () => {
  const connector = { id: 'connector-1', clientPort: 3050, frontend: true };
  const urlsOf = (entries: readonly object[]) => {
    using game = gameOf({ connector: entries });
    return load(game).servers.map(({ clientUrl }) => clientUrl);
  };

  it('is filled in for each server', () => {
    expect(
      urlsOf([
        { ...connector, clientUrl: 'wss://game.example.com/{id}?v=1' },
        { clusterCount: 2, clientPort: '3060++', frontend: true, clientUrl: 'wss://game.example.com/c{n}' },
        {
          clusterCount: 1,
          clientPort: '3070++',
          frontend: true,
          clientUrl: 'ws://{id}.example.com:8080/{n}',
        },
        { id: 'connector-9', clientPort: 3080, frontend: true },
      ]),
    ).toEqual([
      'wss://game.example.com/connector-1?v=1',
      'wss://game.example.com/c0',
      'wss://game.example.com/c1',
      'ws://cluster-server-connector-2.example.com:8080/2',
      undefined,
    ]);
  });

  it.each([
    ['https://game.example.com', 'a URL that begins with wss:// or ws://'],
    ['game.example.com/c1', 'a URL that begins with wss:// or ws://'],
    ['wss://', 'a URL such as "wss://game.example.com/{n}"'],
    ['wss://game.example.com:99999/', 'a URL such as "wss://game.example.com/{n}"'],
    ['wss://game.example.com /', 'a URL such as "wss://game.example.com/{n}", without blanks'],
    ['wss://ann:secret@game.example.com/', 'a URL without a user: all clients are told it'],
    ['wss://game.example.com/#c1', 'a URL without "#", which no WebSocket can have'],
    ['wss://game.example.com/{port}', 'a URL with no other places to fill than {id} and {n}, not {port}'],
    ['wss://game.example.com/{id', 'a URL whose braces are {id} or {n}'],
    [7, 'a URL such as "wss://game.example.com/{n}"'],
  ])('is not %j', (clientUrl, expected) => {
    expect(problemsOf({ connector: [{ ...connector, clientUrl }] })).toEqual([
      `connector[0].clientUrl: expected ${expected}, got ${JSON.stringify(clientUrl)}`,
    ]);
  });

  it('counts copies only where there are any', () => {
    expect(problemsOf({ connector: [{ ...connector, clientUrl: 'wss://game.example.com/{n}' }] })).toEqual([
      'connector[0].clientUrl: expected {id} in place of {n}, which counts the copies of clusterCount',
    ]);
  });

  it('is another for each connector; gates may share one', () => {
    const entry = {
      clusterCount: 2,
      clientPort: '3050++',
      frontend: true,
      clientUrl: 'wss://game.example.com/',
    };
    expect(problemsOf({ connector: [entry] })).toEqual([
      'connector[0].clientUrl: cluster-server-connector-1 has "wss://game.example.com/", which is that of cluster-server-connector-0 already; expected a URL for each, such as one with {id}',
    ]);
    expect(problemsOf({ gate: [entry] })).toEqual([]);
  });
});
