import { describe, expect, it } from 'vitest';
import { operations, server, Typed } from './typed-screen.js';

const servers = [
  server('chat-1'),
  server('connector-1', { connections: 412 }),
  server('connector-2', { connections: 8 }),
];
const viewer = {
  role: 'viewer',
  verbs: new Set(['views.watch', 'views.read', 'servers.list', 'leases.list']),
};

describe('what a role may not do', () => {
  it('is greyed after a, with why, and is not done', () => {
    const screen = new Typed(servers, { columns: 100, permit: viewer });
    expect(screen.whole).not.toContain('a act');
    expect(screen.type('a').whole).toContain('(r restart) (s stop) (b start)');
    expect(screen.whole).toContain('the role viewer may not do what is in brackets');
    expect(screen.type('r').whole).toContain('the role viewer may not ask for servers.restart');
    expect(screen.state.mode.kind).toBe('table');
    expect(screen.type('y').orders).toEqual([]);
  });

  it('is the one letter in brackets of a role that may do all else', () => {
    const verbs = new Set([...operations.keys()].filter((verb) => verb !== 'servers.kill'));
    const screen = new Typed(servers, { columns: 100, permit: { role: 'night', verbs } });
    expect(screen.whole).toContain('a act');
    expect(screen.type('a').whole).toMatch(
      / the role night may not ask for servers.kill\n do r restart s stop .*\(k kill\)/,
    );
    expect(screen.type('r').whole).toContain('restart chat-1? y does it');
  });

  it('is refused as a command as well, and is not among the words that complete one', () => {
    const screen = new Typed(servers, { columns: 100, permit: viewer });
    expect(screen.type(':restart chat-1<enter>').whole).toContain(
      'the role viewer may not ask for servers.restart',
    );
    expect(screen.type('y').orders).toEqual([]);
    expect(screen.type('<escape>:servers.<tab>').whole).toContain('servers.list');
    expect(screen.whole).not.toContain('servers.stop');
    screen.tell({ kind: 'permitted', permit: undefined }); // another master, or another role
    expect(screen.type('<escape>a').whole).toContain(' r restart s stop');
  });
});

describe('a command', () => {
  const typed = (keys: string) => new Typed(servers, { columns: 100 }).type(keys);

  it('may be every operation that a master has, in the words of the console', () => {
    const words = [...operations.keys()].filter((verb) => !verb.endsWith('.watch') && verb !== 'users.trace');
    for (const verb of words) {
      const screen = typed(`:${verb.slice(0, -1)}<tab>`);
      expect([verb, screen.whole.includes(verb)]).toEqual([verb, true]);
    }
    expect(typed(':blacklist add 192.0.2.7<enter>y').orders).toMatchObject([
      { verb: 'blacklist.add', args: { networks: ['192.0.2.7'] }, title: 'blacklist add 192.0.2.7' },
    ]);
    expect(typed(':log.level level=debug ids=chat-1<enter>').whole).toMatch(
      /log\.level level=debug ids=chat-1\?|there is no/,
    );
    expect(typed(':servers.reload<enter>y').orders).toMatchObject([{ args: { ids: ['chat-1'] } }]);
    expect(typed(':rpc chat.chatRemote.look 1<enter>y').orders).toMatchObject([
      { verb: 'remotes.call', args: { method: 'chat.chatRemote.look', args: [1] } },
    ]);
  });

  it('is carried out at once where it changes nothing, and what is answered is read beside the table', () => {
    const screen = typed(':show leases<enter>');
    expect(screen.orders).toMatchObject([{ verb: 'leases.list', title: 'show leases' }]);
    const lines = Array.from({ length: 60 }, (_, n) => `lease ${n} \u001b[31m`);
    screen.tell({ kind: 'answered', title: 'show leases', lines });
    expect(screen.whole).toMatch(/ show leases\n lease 0 /);
    expect(screen.whole).not.toContain('\u001b');
    expect(screen.type('<end>').whole).toContain('lease 59');
    expect(screen.type('<escape>').state).toMatchObject({ mode: { kind: 'table' }, notice: undefined });
    screen.type('/chat');
    screen.tell({ kind: 'answered', title: 'show leases', lines });
    expect(screen.state.mode.kind).toBe('filter'); // who does something else goes on with that
  });

  it('that names no servers is about those that are marked or selected', () => {
    expect(typed(':restart<enter>y').orders).toMatchObject([{ args: { ids: ['chat-1'] } }]);
    expect(typed('*:servers.drain<enter>3<enter>').orders).toMatchObject([
      { verb: 'servers.drain', args: { ids: ['chat-1', 'connector-1', 'connector-2'] } },
    ]);
    expect(typed(':run 1 + 1<enter>y').orders).toMatchObject([
      { verb: 'code.eval', args: { id: 'chat-1', code: '1 + 1' } },
    ]);
  });

  it('is completed with ids and arguments as in the console', () => {
    expect(typed(':servers.restart i<tab>').whole).toContain(': servers.restart ids=_');
    expect(typed(':servers.restart ids=connector-1,ch<tab>').whole).toContain('ids=connector-1,chat-1');
    expect(typed(':restart ch<tab>').whole).toContain('restart chat-1 ');
    expect(typed(':show lea<tab>').whole).toContain('show leases ');
  });

  it('is completed with all servers there are, in whatever view, and asks about none that there is not', () => {
    const screen = typed(':');
    const servers = [
      { id: 'chat-1', type: 'chat' },
      { id: 'time-1', type: 'time' },
    ];
    screen.state = { ...screen.state, query: { ...screen.state.query, view: 'routes' }, servers };
    expect(screen.type('restart ti<tab>').whole).toContain('restart time-1 ');
    for (const [line, said] of [
      ['stop tine-1', 'there is no server tine-1; did you mean time-1?'],
      ['restart chat', 'chat is a type, and no server: -t chat means all of it'],
      ['restart chat-1 x', 'there is no server x'],
      ['servers.remove ids=gone-1', 'there is no server gone-1'],
    ] as const) {
      expect(screen.type(`<escape><escape>:${line}<enter>`).whole).toContain(said);
      expect(screen.state.mode.kind).toBe('table');
    }
    expect(screen.type('<escape>:servers.restore ids=gone-1<enter>').state.mode.kind).toBe('confirm');
    expect(screen.type('<escape>:restart -t chat<enter>').state.mode.kind).toBe('confirm');
    expect(screen.orders).toEqual([]);
  });

  it.each([
    ['restrt', 'there is no restrt; did you mean restart?'],
    ['servers.restart wachtMs=1', 'servers.restart takes'],
    ['use chat-1', 'here servers are marked'],
    ['views.watch', 'goes on for long'],
    ['blacklist add', 'expected list, or add or remove with networks'],
  ])('%s tells what was expected', (line, said) => {
    const screen = typed(`:${line}<enter>`);
    expect(screen.whole).toContain(said);
    expect(screen.orders).toEqual([]);
  });
});

describe('what ends players', () => {
  it('tells how many are on a server, and asks for its id', () => {
    const screen = new Typed(servers, { columns: 100 }).type('<down>as');
    expect(screen.whole).toMatch(/412 players are on it\./);
    expect(screen.whole).toContain('stop connector-1? type connector-1 and enter');
    expect(screen.type('y<enter>').orders).toEqual([]);
    expect(screen.whole).toContain('stop connector-1: left alone');
    expect(screen.type('asconnector-1<enter>').orders).toMatchObject([{ verb: 'servers.stop' }]);
  });

  it('tells how many are on all that are marked, and asks for their count', () => {
    const screen = new Typed(servers, { columns: 100 }).type('*as');
    expect(screen.whole).toMatch(/420 players are on them\./);
    expect(screen.type('3<enter>').orders).toMatchObject([{ verb: 'servers.stop' }]);
    expect(new Typed(servers, { columns: 100 }).type('as').whole).toContain('stop chat-1? y does it');
  });

  it.each([
    ['servers.stop types=connector', 'stop'],
    ['servers.stop hosts=10.0.0.1', 'stop'],
    ['cluster.stop', 'stop'],
  ])('by %s is asked for by its verb, as nobody sees how many that are', (line, word) => {
    const screen = new Typed(servers, { columns: 100 }).type(`:${line}<enter>`);
    expect(screen.whole).toContain(`type ${word} and enter`);
    expect(screen.type('y<enter>').orders).toEqual([]);
    expect(screen.type(`:${line}<enter>${word}<enter>`).orders).toHaveLength(1);
  });

  it('is about what is meant, though it says more than the verb', () => {
    const screen = new Typed(servers, { columns: 100 }).type(':servers.restart watchMs=0<enter>');
    expect(screen.whole).toContain('servers.restart watchMs=0 ids=chat-1? y does it');
  });
});
