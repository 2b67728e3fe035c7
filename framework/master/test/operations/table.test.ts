import { describe, expect, it } from 'vitest';
import { argumentWord, argumentWords } from '../../src/operations/argument-words.js';
import { readArguments } from '../../src/operations/arguments.js';
import { listedOperations } from '../../src/operations/listed.js';
import type { AnyOperation } from '../../src/operations/operation.js';
import { operations, type Verb } from '../../src/operations/table.js';

const all: readonly (readonly [string, AnyOperation])[] = Object.entries(operations);

const refusal = (verb: Verb, args: unknown): string => {
  const operation: AnyOperation = operations[verb];
  try {
    readArguments(verb, operation.args, args);
  } catch (error) {
    return (error as Error).message;
  }
  return 'taken';
};

describe('the table of operations', () => {
  it.each(all)('says of %s all that there is to say', (verb, operation) => {
    expect(verb).toMatch(/^[a-z]+\.[a-z]+$/);
    expect(operation.effect).toMatch(/^[A-Z].*[^.]\.$/);
    expect(operation.effect).not.toContain('. ');
    expect(['viewer', 'operator', 'admin']).toContain(operation.role);
    expect(['nothing', 'servers', 'topology', 'everything', 'last']).toContain(operation.turn.takes);
    expect(typeof operation.changes).toBe('boolean');
    expect(operation.args.safeParse({ 'no such': 1 }).success).toBe(false);
    expect(operation.answer.safeParse('no such').success).toBe(false);
    expect(operation.carryOut).toBeTypeOf('function');
  });

  it('says of each argument what it means, with the unit of a time, and of none that there is not', () => {
    const used = new Set<string>();
    const wrong = listedOperations().flatMap(({ verb, args }) => {
      const { properties = {} } = args as { properties?: Record<string, { description?: string }> };
      return Object.entries(properties).flatMap(([name, { description = '' }]) => {
        used.add(`${verb} ${name}` in argumentWords ? `${verb} ${name}` : name);
        const isSaid = /^[A-Za-z].*\.$/.test(description) && description === argumentWord(verb, name);
        return isSaid && /Ms$/.test(name) === description.includes('milliseconds') ? [] : [`${verb} ${name}`];
      });
    });
    expect(wrong).toEqual(['servers.profile wish']); // has a time within
    expect([...used].sort()).toEqual(Object.keys(argumentWords).sort());
  });

  it('lets a viewer change nothing, and has what changes nothing wait for nobody', () => {
    const wrong = all.filter(
      ([, { role, changes, turn }]) =>
        (role === 'viewer' && changes) || (!changes && turn.takes !== 'nothing'),
    );
    expect(wrong.map(([verb]) => verb)).toEqual([]);
  });

  it('keeps from viewers what tells of those who may sign in, what games show of rooms, and pushes, and nothing else that changes nothing', () => {
    const kept = all.filter(([, { role, changes }]) => role !== 'viewer' && !changes);
    expect(kept.map(([verb]) => verb)).toEqual([
      'push.send',
      'push.many',
      'inspect.show',
      'accounts.list',
      'sessions.list',
      'keys.list',
      'approvals.list',
      'audit.read',
      'audit.verify',
    ]);
  });

  it('has what lets others or code in wait for a proof of who asks', () => {
    expect(all.filter(([, { needsProof }]) => needsProof).map(([verb]) => verb)).toEqual([
      'servers.add',
      'code.eval',
      'secret.reload',
      'accounts.add',
      'accounts.change',
      'accounts.remove',
      'accounts.link',
      'keys.create',
      'approvals.approve',
    ]);
  });

  it('makes those long ones that work on many servers for long', () => {
    expect(all.filter(([, { long }]) => long).map(([verb]) => verb)).toEqual([
      'servers.restart',
      'servers.reload',
    ]);
  });
});

describe('arguments of an operation', () => {
  it('are refused with the name of the first that is wrong, what was expected and what came', () => {
    expect(refusal('servers.list', { ids: [] })).toBe(
      'servers.list: ids: expected no such argument, got a list.',
    );
    expect(refusal('servers.stop', { ids: 'chat-1' })).toBe(
      'servers.stop: ids: expected a list, got "chat-1".',
    );
    expect(refusal('servers.stop', { ids: ['a', 7] })).toBe('servers.stop: ids.1: expected a text, got 7.');
    for (const verb of ['start', 'stop', 'restart', 'reload', 'drain', 'undrain', 'kill'] as const)
      for (const name of ['ids', 'types', 'hosts'])
        expect(refusal(`servers.${verb}`, { [name]: [] })).toBe(
          `servers.${verb}: ${name}: expected at least 1 in it, got a list.`,
        );
    expect(refusal('servers.restart', { watchMs: -1 })).toBe(
      'servers.restart: watchMs: expected at least 0, got -1.',
    );
    expect(refusal('servers.restart', { watchMs: 3_600_001 })).toBe(
      'servers.restart: watchMs: expected at most 3600000, got 3600001.',
    );
    expect(refusal('servers.restart', { atOnce: 'some' })).toBe(
      'servers.restart: atOnce: expected a number, or "all", got "some".',
    );
    expect(refusal('servers.restart', { trial: 1 })).toBe(
      'servers.restart: trial: expected true or false, got 1.',
    );
    expect(refusal('servers.remove', {})).toBe('servers.remove: ids: expected a list, got nothing.');
    expect(refusal('servers.remove', { ids: [] })).toBe(
      'servers.remove: ids: expected at least 1 in it, got a list.',
    );
    expect(refusal('log.read', { id: 'chat-1', request: {} })).toBe(
      'log.read: request: expected lines as a number, or after as an object, got an object.',
    );
    expect(refusal('operations.watch', { id: 1.5 })).toBe(
      'operations.watch: id: expected a whole number, got 1.5.',
    );
    for (const [verb, more] of [
      ['accounts.add', { role: 'viewer' }],
      ['keys.create', { role: 'viewer' }],
    ] as const)
      expect(refusal(verb, { name: '\u0430dmin', ...more })).toMatch(
        `${verb}: name: expected letters of one script that is in use`,
      );
    expect(refusal('accounts.remove', { name: '\u0430dmin' })).toBe('taken'); // one that was there before
    expect(refusal('servers.list', [])).toMatch(/^servers\.list: arguments: expected an object, got a list/);
  });

  it('are taken where they are right', () => {
    expect(refusal('servers.restart', { types: ['chat'], watchMs: 0, atOnce: 'all', trial: false })).toBe(
      'taken',
    );
    expect(refusal('log.read', { id: 'chat-1', request: { after: { offset: 0, before: '' } } })).toBe(
      'taken',
    );
  });
});
