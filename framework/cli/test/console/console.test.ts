import { describe, expect, it } from 'vitest';
import { complete } from '../../src/console/complete.js';
import { knownOperations } from '../../src/console/known-operation.js';
import { oldCommands, oldUsage } from '../../src/console/old-commands.js';
import { readCommand } from '../../src/console/read-command.js';
import { showAnswer } from '../../src/console/show-answer.js';
import { wordsOf } from '../../src/console/words.js';

const operations = knownOperations();
const read = (line: string, using?: string) => readCommand(line, { operations, using });
const refusal = (line: string, using?: string) => {
  try {
    return read(line, using);
  } catch (error) {
    return (error as Error).message;
  }
};

describe('a line of the console', () => {
  it('has words as a shell has them, and JSON as one of them', () => {
    expect(wordsOf('  a  b=1 c="two words" d=\'x y\' ')).toEqual(['a', 'b=1', 'c=two words', 'd=x y']);
    expect(wordsOf('push.send to={"uids": ["a b"]} body={"t":"it\\"s {"}')).toEqual([
      'push.send',
      'to={"uids": ["a b"]}',
      'body={"t":"it\\"s {"}',
    ]);
    expect(() => wordsOf('a "b')).toThrow('expected "');
    expect(() => wordsOf('a {"b":1')).toThrow('closing braces');
  });

  it('asks for an operation, with values of the kinds that it takes', () => {
    expect(read('servers.restart ids=chat-1,chat-2 watchMs=0 trial=false')).toEqual({
      kind: 'operation',
      verb: 'servers.restart',
      args: { ids: ['chat-1', 'chat-2'], watchMs: 0, trial: false },
    });
    expect(read('users.kick uid=42 reason="be nice"')).toMatchObject({
      args: { uid: '42', reason: 'be nice' },
    });
    expect(read('push.send to={"all":true} route=onMail body="hi"')).toMatchObject({
      args: { to: { all: true }, route: 'onMail', body: 'hi' },
    });
  });

  it('is about the server that is used, where nothing else is said', () => {
    expect(read('servers.reload', 'chat-1')).toMatchObject({ args: { ids: ['chat-1'] } });
    expect(read('servers.reload types=gate', 'chat-1')).toMatchObject({ args: { types: ['gate'] } });
    expect(read('log.read request={"lines":5}', 'chat-1')).toMatchObject({ args: { id: 'chat-1' } });
    expect(read('servers.list', 'chat-1')).toMatchObject({ args: {} });
    expect(read('stop', 'chat-1')).toMatchObject({ verb: 'servers.stop', args: { ids: ['chat-1'] } });
  });

  it('is one of pomelo-cli, too', () => {
    expect(read('show servers')).toMatchObject({ verb: 'views.read', args: { view: 'servers' } });
    expect(read('show status', 'chat-1')).toMatchObject({
      verb: 'views.read',
      args: { filter: 'id:chat-1' },
    });
    expect(read('show settings', 'chat-1')).toMatchObject({ verb: 'servers.config', args: { id: 'chat-1' } });
    expect(read('kill chat-1 chat-2')).toMatchObject({
      verb: 'servers.kill',
      args: { ids: ['chat-1', 'chat-2'] },
    });
    expect(read('restart -t chat,gate connector-1 --host 10.0.0.1 -i chat-1')).toMatchObject({
      verb: 'servers.restart',
      args: { types: ['chat', 'gate', 'connector-1'], hosts: ['10.0.0.1'], ids: ['chat-1'] },
    });
    expect(read('drain -t chat', 'chat-1')).toMatchObject({ args: { types: ['chat'] } });
    expect([
      refusal('reload -t'),
      refusal('reload -t -i chat-1'),
      refusal('reload ,'),
      refusal('stop -x a'),
    ]).toEqual([
      'expected names after -t',
      'expected names after -t',
      'expected names in place of ,',
      'expected ids, -t with types or --host with hosts; got -x',
    ]);
    expect(read('kick 42 too loud')).toMatchObject({
      verb: 'users.kick',
      args: { uid: '42', reason: 'too loud' },
    });
    expect(read('rpc chat.chatRemote.say {"room":"a b"} 5 ann', 'chat-1')).toMatchObject({
      verb: 'remotes.call',
      args: { method: 'chat.chatRemote.say', args: [{ room: 'a b' }, 5, 'ann'], id: 'chat-1' },
    });
    expect(read(' run  app.get("a b") // {', 'chat-1')).toEqual({
      ...{ kind: 'operation', verb: 'code.eval' },
      args: { id: 'chat-1', code: 'app.get("a b") // {' },
    });
    expect([refusal('run 1'), refusal('run', 'chat-1'), refusal('rpc a.b.c [1')]).toEqual([
      'expected use <id> before run: code is carried out in one server',
      'expected code after run',
      expect.stringContaining('expected as many closing braces'),
    ]);
    expect([read('blacklist'), read('blacklist list 192.0.2.7')]).toMatchObject([
      { verb: 'blacklist.list', args: {} },
      { verb: 'blacklist.list', args: { within: '192.0.2.7' } },
    ]);
    expect(read('blacklist add 192.0.2.0/24 2001:db8::/32')).toMatchObject({
      verb: 'blacklist.add',
      args: { networks: ['192.0.2.0/24', '2001:db8::/32'] },
    });
    expect(refusal('blacklist remove')).toBe(
      'expected list, or add or remove with networks, after blacklist; got remove',
    );
    expect([read('use chat-1'), read('use all'), read('exit'), read('  ')]).toEqual([
      { kind: 'use', id: 'chat-1' },
      { kind: 'use' },
      { kind: 'quit' },
      { kind: 'nothing' },
    ]);
  });

  it.each<readonly [line: string, told: string | RegExp]>([
    ['servers.restrt', 'there is no servers.restrt; did you mean servers.restart?'],
    ['__proto__', 'there is no __proto__; help shows all that there is'],
    ['constructor', 'there is no constructor; help shows all that there is'],
    ['stop', 'expected servers after stop, or use <id> before it; cluster.stop ends everything'],
    ['show toString', /^expected one of servers, .*; got toString$/],
    ['show settings', 'expected use <id> before show settings: each server has its own'],
    ['show modules', /^there is no show modules here: help shows/],
    ...['get', 'set', 'enable', 'disable', 'exec', 'dump', 'addCron', 'removeCron'].map(
      (word) => [`${word} a b`, new RegExp(`^there is no ${word} here: .{20}`)] as const,
    ),
    ['show', /^expected one of servers, .* after show; got nothing$/],
    ['users.kick 42', 'users.kick takes uid=… reason=…; got 42'],
    ['servers.restart watchMs=soon', 'expected watchMs as a number; got soon'],
    ['servers.restart trial=yes', 'expected trial as true or false; got yes'],
    ['push.send to={"all":}', /^expected to as JSON: /],
  ])('%s is told as what it is', (line, told) => {
    if (typeof told === 'string') expect(refusal(line)).toBe(told);
    else expect(refusal(line)).toMatch(told);
  });
});

describe('completion', () => {
  const known = { operations, ids: ['chat-1', 'chat-2', 'gate-1'], types: ['chat', 'gate'] };

  it.each([
    [
      'servers.re',
      ['servers.release', 'servers.reload', 'servers.remove', 'servers.restart', 'servers.restore'],
    ],
    [
      'us',
      ['use', 'users.count', 'users.describe', 'users.find', 'users.kick', 'users.online', 'users.trace'],
    ],
    ['servers.drain ', ['ids=', 'types=', 'hosts=', 'force=']],
    ['servers.drain ids=c', ['ids=chat-1', 'ids=chat-2']],
    ['servers.drain ids=chat-1,g', ['ids=chat-1,gate-1']],
    ['servers.drain types=', ['types=chat', 'types=gate']],
    ['servers.loglevel level=d', ['level=debug']],
    ['use g', ['gate-1']],
    ['show ser', ['servers']],
    ['nothing ', []],
  ])('of %j offers %j', (line, offered) => {
    expect(complete(line, known)[0]).toEqual(offered);
  });
});

describe('an answer', () => {
  const plain = (_: unknown, text: string) => text;

  const shown = (answer: unknown, args: object = {}, verb = 'leases.list') =>
    showAnswer({ verb, args }, answer, plain);

  it('is a table where it is a list, a page of a view as top prints it, and JSON else', () => {
    expect(
      shown([
        { id: 'a', n: 1 },
        { id: 'b', more: { x: 1 } },
      ]),
    ).toBe(['id  n  more', 'a   1', 'b      {"x":1}'].join('\n'));
    const cells = { id: 'a\u001b[2J', p99: 0.02, state: 'ready' };
    const page = { rows: [{ key: 'a', cells, trouble: 0 }], matching: 1, total: 3, silent: ['b'] };
    const text = shown(page, { view: 'servers' }, 'views.read');
    expect(text).not.toContain('\u001b');
    expect(text).toMatch(/^id .*\n.* ready .*20ms.*\n1 of 3\nnumbers missing from b$/s);
    expect(shown({ leases: [{ name: 'cron/season', leftMs: 9 }], total: 1 })).toBe(
      ['name         leftMs', 'cron/season  9', 'total 1'].join('\n'),
    );
    expect(shown({ online: [] })).toBe('{\n  "online": []\n}');
    expect(shown({ leases: [{ a: 1 }], more: {} })).toBe(
      JSON.stringify({ leases: [{ a: 1 }], more: {} }, null, 2),
    );
    expect(shown({ delivered: 1 })).toBe('{\n  "delivered": 1\n}');
    expect([shown(null), shown([])]).toEqual(['done', 'none']);
  });
});

it('help has a line about each word of pomelo-cli', () => {
  const own = ['use', 'run']; // these are read by themselves
  expect(Object.keys(oldUsage).sort()).toEqual([...Object.keys(oldCommands), ...own].sort());
});
