import { listedOperations } from '@pomelo-ts/master/operations';
import { describe, expect, it } from 'vitest';
import type { OperationInfo } from '../src/api/answers.js';
import { answerParts, cellText, isMoment } from '../src/operate/answer-parts.js';
import { fieldsOf, type Given, readFields, shapeOf } from '../src/operate/fields.js';
import { ownPageOf } from '../src/operate/own-pages.js';
import { asksSurely, isForAll, typedFor } from '../src/operate/sure.js';

const table: ReadonlyMap<string, OperationInfo> = new Map(
  listedOperations().map((one) => [one.verb, { ...one, allowed: true } as OperationInfo]),
);
const verbs = [...table.keys()];
const fieldsFor = (verb: string) => fieldsOf(table.get(verb)!.args);
const read = (verb: string, given: Given) => readFields(fieldsFor(verb), given);
const kindsOf = (verb: string) => Object.fromEntries(fieldsFor(verb).map(({ name, kind }) => [name, kind]));

describe('the form of an operation', () => {
  it.each(verbs)('has a field for each argument of %s, first those that it needs', (verb) => {
    const { properties = {}, required = [] } = table.get(verb)!.args;
    const fields = fieldsFor(verb);
    expect(fields.map(({ name }) => name).sort()).toEqual(Object.keys(properties).sort());
    const needed = fields.filter((one) => one.required).map(({ name }) => name);
    expect([...needed].sort()).toEqual([...required].sort());
    expect(fields.slice(0, needed.length).map(({ name }) => name)).toEqual(needed);
    // nothing is asked for that is not in the table: what nobody has filled in is what it needs
    expect(Object.keys(readFields(fields, {}).faults).sort()).toEqual([...required].sort());
  });

  it('asks for texts, numbers, yes or no and words as elsewhere, for lists of texts by the line, and for all else as JSON', () => {
    expect(kindsOf('blacklist.add')).toEqual({
      networks: 'texts',
      reason: 'option',
      forMs: 'option',
      force: 'option',
    });
    expect(kindsOf('code.eval')).toMatchObject({ id: 'option', code: 'long' });
    expect(kindsOf('remotes.call')).toMatchObject({ method: 'option', args: 'json' });
    expect(kindsOf('push.send')).toEqual({ to: 'json', route: 'option', body: 'json' });
    expect(kindsOf('servers.add')).toEqual({ servers: 'json' });
    expect(kindsOf('config.apply')).toMatchObject({ atOnce: 'word', restart: 'option' });
  });

  it('reads what was filled in as the arguments that the master takes, without what is empty', () => {
    const given = { networks: ' 10.0.0.0/8\n192.0.2.1, 192.0.2.2\n\n', reason: 'bots', forMs: 60_000 };
    expect(read('blacklist.add', given)).toEqual({
      args: { ...given, networks: ['10.0.0.0/8', '192.0.2.1', '192.0.2.2'] },
      faults: {},
    });
    const calls = { method: 'chat.chatRemote.count', args: '[{"room": 1}, null]', id: undefined };
    expect(read('remotes.call', calls).args).toEqual({ method: calls.method, args: [{ room: 1 }, null] });
    expect(read('code.eval', { id: 'chat-1', code: ' 1 +\n 1' }).args['code']).toBe(' 1 +\n 1');
    expect(read('config.apply', { atOnce: ' all ' }).args).toEqual({ atOnce: 'all' });
    expect(read('config.apply', { atOnce: '3' }).args).toEqual({ atOnce: 3 });
    expect(read('accounts.change', { name: 'ann', disabled: false }).args).toEqual({
      name: 'ann',
      disabled: false,
    });
  });

  it('tells at each field why it cannot be read', () => {
    const { faults } = read('push.send', { to: '{"all": true', route: 'onNews', body: '  ' });
    expect(faults).toEqual({
      to: { is: 'not-json', reason: expect.stringMatching(/JSON/) },
      body: { is: 'missing' },
    });
    expect(read('servers.restore', { ids: ' ,\n' }).faults).toEqual({ ids: { is: 'missing' } });
  });

  it('shows what JSON it takes', () => {
    const { to, body } = table.get('push.send')!.args.properties!;
    expect(shapeOf(to!)).toBe(
      '{"uids": [string | number, …]} | {"sessions": [string, …]} | {"channel": string, "server"?: string} | {"type": string} | {"all": true}',
    );
    expect(shapeOf(body!)).toBe('…');
    expect(shapeOf(table.get('servers.add')!.args.properties!['servers']!)).toBe('{"…": …}');
    expect(shapeOf(table.get('remotes.call')!.args.properties!['args']!)).toBe('[…]');
  });

  it('leads elsewhere only for what is in the table', () => {
    const away = verbs.filter((verb) => ownPageOf(verb));
    expect(away.sort()).toEqual(
      ['log.read', 'operations.watch', 'servers.profile', 'users.trace', 'views.read', 'views.watch'].sort(),
    );
  });
});

describe('whoever asks for an operation', () => {
  it('is asked whether they mean it when it changes something, or reaches all', () => {
    const unasked = verbs.filter((verb) => !asksSurely(table.get(verb)!));
    expect(unasked.filter((verb) => table.get(verb)!.changes)).toEqual([]);
    expect(unasked).not.toContain('push.send');
    expect(unasked).toContain('leases.list');
  });

  it.each([
    ['servers.stop', {}, true],
    ['servers.drain', { timeoutMs: 5 }, true],
    ['servers.stop', { hosts: ['10.0.0.2'] }, false],
    ['servers.stop', { ids: ['chat-1'] }, false],
    ['leases.list', {}, false],
  ])('is told what names no server and so is for all: %s %o', (verb, args, wanted) => {
    expect(isForAll(table.get(verb)!, args)).toBe(wanted);
  });

  it.each([
    ['cluster.stop', {}, { what: 'id', text: 'cluster.stop' }],
    ['cluster.kill', {}, { what: 'id', text: 'cluster.kill' }],
    ['config.apply', { restart: true }, { what: 'id', text: 'config.apply' }],
    ['servers.stop', { ids: ['chat-1'] }, { what: 'id', text: 'chat-1' }],
    ['servers.kill', { ids: ['a', 'b', 'c'] }, { what: 'count', text: '3' }],
    ['servers.stop', { ids: ['a'], types: ['chat'] }, { what: 'id', text: 'servers.stop' }],
    ['servers.stop', {}, { what: 'id', text: 'servers.stop' }],
    ['servers.drain', { types: ['chat'] }, { what: 'id', text: 'servers.drain' }],
    ['servers.remove', { ids: ['chat-1'] }, { what: 'id', text: 'chat-1' }],
    ['servers.start', { ids: ['chat-1'] }, undefined],
    ['blacklist.add', { networks: ['10.0.0.0/8'] }, undefined],
    ['push.send', { to: { all: true } }, undefined],
  ])('types what ends servers or the cluster: %s %o', (verb, args, wanted) => {
    expect(typedFor(table.get(verb)!, args)).toEqual(wanted);
  });
});

describe('an answer', () => {
  it('that is a list of objects, or has some, is shown as tables, and all else as it is', () => {
    const rows = [{ id: 1 }, { id: 2, name: 'b' }];
    const made = { name: '', heads: ['id', 'name'], rows };
    expect(answerParts(rows)).toEqual({ tables: [made] });
    expect(answerParts({ entries: rows, total: 2 })).toEqual({
      tables: [{ ...made, name: 'entries' }],
      rest: { total: 2 },
    });
    expect(answerParts({ entries: [], total: 0 })).toEqual({ tables: [], rest: { entries: [], total: 0 } });
    expect(answerParts([1, { a: 1 }])).toEqual({ tables: [], rest: [1, { a: 1 }] });
    expect(answerParts({})).toEqual({ tables: [], rest: {} });
    expect(answerParts(false)).toEqual({ tables: [], rest: false });
    expect(answerParts(null)).toEqual({ tables: [] });
  });

  it('has cells that are short, and moments where a name says so', () => {
    expect(cellText({ a: ['x'.repeat(1000)] })).toHaveLength(300);
    expect([cellText(null), cellText(0), cellText(['a'])]).toEqual(['', '0', '["a"]']);
    expect([isMoment('until', 1_796_000_000_000), isMoment('bytes', 1_796_000_000_000)]).toEqual([
      true,
      false,
    ]);
    expect([isMoment('since', 12), isMoment('until', 'never')]).toEqual([false, false]);
  });
});
