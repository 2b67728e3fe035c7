import { describe, expect, it } from 'vitest';
import type { OperationRow } from '../../src/long-operations/kept-operation.js';
import { serveStandby } from '../../src/operations/serve.js';
import { operations } from '../../src/operations/table.js';
import { Bench, entry, quiet } from '../supervisor-bench.js';
import { MemoryJournal, ServingBench } from './serving-bench.js';

const chats = ['chat-1', 'chat-2', 'chat-3'];
const servers = [...chats, 'connector-1'].map((id) => entry(id));

async function running(journal?: MemoryJournal): Promise<{ bench: Bench; master: ServingBench }> {
  const bench = new Bench(servers);
  await bench.start(...servers.map(({ id }) => id));
  return { bench, master: await ServingBench.open(bench, journal) };
}

const lives = (bench: Bench) => chats.map((id) => bench.launcher.lives[id]!.length);
const restart = { types: ['chat'], watchMs: 1000, trial: false };
const stateOf = (master: ServingBench, id = 1): OperationRow['state'] => master.long.get(id).row.state;
const codeOf = (asked: Promise<unknown>) => asked.catch(({ code }: { code: string }) => code);

describe('what an operator asks for', () => {
  it('is refused where there is no such operation, or its arguments make no sense, and logged with who asked', async () => {
    const { bench, master } = await running();
    using _ = bench;
    await expect(master.ask('servers.explode')).rejects.toMatchObject({ code: 'OPERATION_UNKNOWN' });
    await expect(master.ask('toString')).rejects.toMatchObject({ code: 'OPERATION_UNKNOWN' });
    await expect(master.ask('servers.stop', { ids: 'chat-1' })).rejects.toMatchObject({
      code: 'OPERATION_INVALID',
    });
    expect(master.lines.map(({ message, verb, by, code }) => [message, verb, by, code])).toEqual([
      ['An operation was refused.', 'servers.explode', 'ann@desk', 'OPERATION_UNKNOWN'],
      ['An operation was refused.', 'toString', 'ann@desk', 'OPERATION_UNKNOWN'],
      ['An operation was refused.', 'servers.stop', 'ann@desk', 'OPERATION_INVALID'],
    ]);
  });

  it('names a user who is kicked when it begins and when it is over', async () => {
    const { bench, master } = await running();
    using _ = bench;
    await codeOf(master.ask('users.kick', { uid: 'ann' }));
    const kicks = master.lines.filter(({ verb }) => verb === 'users.kick');
    expect(kicks.map(({ target }) => target)).toEqual(['ann', 'ann']);
  });

  it('is refused to somebody whose role does not cover it, before its arguments are read, and logged', async () => {
    const { bench, master } = await running();
    using _ = bench;
    const roles = ['viewer', 'operator', 'admin'] as const;
    for (const [level, role] of roles.entries()) {
      master.role = role;
      for (const [verb, { role: needed }] of Object.entries(operations)) {
        const code = await codeOf(master.ask(verb, { 'no such argument': true }));
        const may = roles.indexOf(needed) <= level;
        expect([role, verb, code]).toEqual([role, verb, may ? 'OPERATION_INVALID' : 'ROLE_LACKING']);
      }
    }
    master.role = 'viewer';
    master.principal = { name: 'bob@desk', via: 'cli' }; // what comes often is told as a number
    await codeOf(master.ask('servers.stop', { ids: ['chat-1'] }));
    expect(bench.state('chat-1')).toBe('ready');
    expect(master.lines.at(-1)).toMatchObject({
      message: 'An operation was refused.',
      verb: 'servers.stop',
      by: 'bob@desk',
      code: 'ROLE_LACKING',
    });
    const standby = { leads: { leads: false, env: 'test' }, rekey: async () => ({ secrets: 1, servers: 0 }) };
    const asked = { verb: 'secret.reload', args: {} };
    await expect(serveStandby({ ...asked, role: 'operator' }, standby, 'nobody')).rejects.toMatchObject({
      code: 'ROLE_LACKING',
    });
    expect(await serveStandby({ ...asked, role: 'admin' }, standby, 'nobody')).toMatchObject({ secrets: 1 });
  });

  it.each([
    ['users', 'users.find'],
    ['channels', 'channels.list'],
  ])(
    'is refused as a view of %s to somebody who may not ask for %s, however it is looked at',
    async (view, verb) => {
      const { bench, master } = await running();
      using _ = bench;
      master.permit = { role: 'graphs', allows: (asked) => asked.startsWith('views.') };
      for (const look of ['views.read', 'views.watch'])
        await expect(master.ask(look, { view })).rejects.toMatchObject({
          code: 'ROLE_LACKING',
          facts: { verb },
        });
    },
  );

  it.each([
    ['servers.kill', {}],
    ['servers.restart', {}],
    ['servers.loglevel', { level: 'debug' }],
  ])('by a role for some servers alone is for no other one, however %s names it', async (verb, more) => {
    const { bench, master } = await running();
    using _ = bench;
    const { host } = servers[0]!;
    master.permit = { role: 'one', allows: () => true, servers: ({ id }) => id === 'chat-1' };
    for (const also of [{ types: ['connector'] }, { hosts: [host] }, { ids: ['chat-1', 'chat-2'] }])
      expect(await codeOf(master.ask(verb, { ids: ['chat-1'], ...also, ...more }))).toBe('SCOPE_LACKING');
    expect(servers.map(({ id }) => bench.state(id))).toEqual(servers.map(() => 'ready'));
  });

  it("is written down when it is refused, also where it only shows what is somebody else's", async () => {
    const { bench, master } = await running();
    using _ = bench;
    master.role = 'viewer';
    for (const verb of ['audit.read', 'sessions.list', 'servers.list']) await codeOf(master.ask(verb));
    expect(master.audit.map(({ verb, result }) => [verb, result])).toEqual([
      ['audit.read', 'refused'],
      ['sessions.list', 'refused'],
    ]);
  });

  it('is refused by a master whose time to lead is over', async () => {
    const { bench, master } = await running();
    using _ = bench;
    master.holds = false;
    await expect(master.ask('servers.stop')).rejects.toMatchObject({ code: 'NOT_LEADING' });
    expect(bench.state('chat-1')).toBe('ready');
  });

  it('leaves a line in the log when it begins and when it ends, if it changes something', async () => {
    const { bench, master } = await running();
    using _ = bench;
    expect(await master.ask('servers.list')).toHaveLength(4);
    expect(master.lines).toEqual([]);
    await master.ask('servers.stop', { ids: ['chat-1'] });
    const facts = { verb: 'servers.stop', by: 'ann@desk', via: 'cli', target: 'chat-1' };
    expect(master.lines).toEqual([
      { message: 'An operation begins.', ...facts },
      { message: 'An operation is over.', ...facts, result: 'done', ms: expect.any(Number) },
    ]);
  });

  it('leaves a line with the reason when it fails', async () => {
    const { bench, master } = await running();
    using _ = bench;
    await bench.stop('chat-1');
    bench.launcher.behaviour['chat-1'] = { exitCode: 1 };
    await expect(master.ask('servers.start', { ids: ['chat-1'] })).rejects.toMatchObject({
      code: 'SERVER_START_FAILED',
    });
    expect(master.lines.at(-1)).toMatchObject({
      message: 'An operation is over.',
      result: 'failed',
      code: 'SERVER_START_FAILED',
      reason: expect.stringContaining('chat-1 did not start'),
    });
  });

  it('does not wait for a long restart of others', async () => {
    const { bench, master } = await running();
    using _ = bench;
    const long = master.ask('servers.restart', { ...restart, watchMs: 60_000 });
    await master.until(() => lives(bench)[0] === 2);
    expect(await master.ask('servers.list')).toHaveLength(4);
    expect(await master.ask('servers.stop', { ids: ['connector-1'] })).toEqual({ killed: [] });
    const same = codeOf(master.ask('servers.stop', { ids: ['chat-3'] }));
    await quiet();
    expect(master.told.at(-1)).toEqual({
      kind: 'waiting',
      operation: 'restart of chat-1, chat-2, chat-3 (operation 1)',
    });
    expect(bench.state('chat-3')).toBe('ready');
    let over = false;
    void long.finally(() => {
      over = true;
    });
    await master.until(() => over);
    expect(await same).toEqual({ killed: [] });
    expect(bench.state('chat-3')).toBe('down');
  });
});

describe('a long operation', () => {
  it('tells its number first, and is shown with its steps', async () => {
    const { bench, master } = await running();
    using _ = bench;
    const asked = master.ask('servers.restart', restart);
    await master.until(() => lives(bench)[0] === 2);
    expect(master.told[0]).toMatchObject({ kind: 'operation', operation: { id: 1, state: 'waiting' } });
    expect(await master.ask('operations.list')).toEqual([
      expect.objectContaining({ id: 1, verb: 'servers.restart', by: 'ann@desk', state: 'running' }),
    ]);
    let over = false;
    void asked.finally(() => {
      over = true;
    });
    await master.until(() => over);
    expect(await asked).toEqual({ restarted: chats });
    expect(master.long.get(1).row).toMatchObject({ state: 'done', done: chats, underWay: [], left: [] });
  });

  it('pauses before its next step, and goes on when it is told to', async () => {
    const { bench, master } = await running();
    using _ = bench;
    const asked = master.ask('servers.restart', restart);
    await master.until(() => lives(bench)[0] === 2);
    expect(await master.ask('operations.pause', { id: 1 })).toMatchObject({ state: 'pausing' });
    await master.until(() => stateOf(master) === 'paused');
    await bench.pass(60_000);
    expect(lives(bench)).toEqual([2, 1, 1]);
    await master.ask('operations.resume', { id: 1 });
    await master.until(() => stateOf(master) === 'done');
    expect(await asked).toEqual({ restarted: chats });
  });

  it('ends when nobody resumes it in time, so that its servers are free', async () => {
    const { bench, master } = await running();
    using _ = bench;
    const asked = codeOf(master.ask('servers.restart', restart));
    await master.until(() => lives(bench)[0] === 2);
    const until = new Date(Date.UTC(2026, 0, 1) + 60_000).toISOString();
    expect(await master.ask('operations.pause', { id: 1, forMs: 60_000 })).toMatchObject({
      pausedUntil: until,
    });
    await master.until(() => stateOf(master) === 'paused');
    const next = master.ask('servers.stop', { ids: ['chat-2'] });
    await bench.pass(50_000);
    expect(master.told).toContainEqual({
      kind: 'waiting',
      operation:
        'restart of chat-1, chat-2, chat-3 (operation 1), which is paused: pomelo-ts operations resume 1 has it go on',
    });
    await master.ask('operations.pause', { id: 1, forMs: 60_000 }); // said again
    await bench.pass(50_000);
    expect([stateOf(master), bench.state('chat-2')]).toEqual(['paused', 'ready']);
    await master.until(() => stateOf(master) === 'ended');
    expect(await asked).toBe('OPERATION_ENDED');
    let over = false;
    void next.finally(() => {
      over = true;
    });
    await master.until(() => over);
    expect(bench.state('chat-2')).toBe('down');
    expect(lives(bench)).toEqual([2, 1, 1]);
    expect(await codeOf(master.ask('operations.pause', { id: 1, forMs: 86_400_001 }))).toBe(
      'OPERATION_INVALID',
    );
  });

  it('ends before its next step, and is over then', async () => {
    const { bench, master } = await running();
    using _ = bench;
    const asked = codeOf(master.ask('servers.restart', restart));
    await master.until(() => lives(bench)[0] === 2);
    expect(await master.ask('operations.end', { id: 1 })).toMatchObject({ state: 'ending' });
    await master.until(() => stateOf(master) === 'ended');
    expect(await asked).toBe('OPERATION_ENDED');
    expect(lives(bench)).toEqual([2, 1, 1]);
    expect(master.long.get(1).row).toMatchObject({ done: ['chat-1'], left: ['chat-2', 'chat-3'] });
    for (const verb of ['pause', 'resume', 'end'])
      expect(await codeOf(master.ask(`operations.${verb}`, { id: 1 }))).toBe('OPERATION_OVER');
    expect(await codeOf(master.ask('operations.watch', { id: 9 }))).toBe('OPERATION_MISSING');
  });

  it('is ended at once while it waits for its turn', async () => {
    const { bench, master } = await running();
    using _ = bench;
    void codeOf(master.ask('servers.restart', restart));
    const waiting = codeOf(master.ask('servers.restart', restart));
    await quiet();
    expect(stateOf(master, 2)).toBe('waiting');
    await master.ask('operations.end', { id: 2 });
    expect(await waiting).toBe('OPERATION_ENDED');
    expect(stateOf(master, 2)).toBe('ended');
    await master.until(() => stateOf(master) === 'done');
    expect(lives(bench)).toEqual([2, 2, 2]);
  });

  it('that takes nothing back says so, and goes on', async () => {
    const { bench, master } = await running();
    using _ = bench;
    void master.ask('servers.restart', restart);
    await quiet();
    expect(await codeOf(master.ask('operations.end', { id: 1, takeBack: true }))).toBe('OPERATION_KEEPS');
    await master.until(() => stateOf(master) === 'done');
  });

  it('writes each step down before it is taken', async () => {
    const journal = new MemoryJournal();
    const { bench, master } = await running(journal);
    using _ = bench;
    const seen: string[] = [];
    const { supervisor } = bench;
    const stop = supervisor.stop.bind(supervisor);
    supervisor.stop = (ids, onProgress) => {
      const [step] = journal.written.at(-1)!.steps.filter(({ state }) => state === 'begun');
      if (ids.length > 0) seen.push(`${ids.join()} ${step?.name} is begun`);
      return stop(ids, onProgress);
    };
    void master.ask('servers.restart', restart);
    await master.until(() => stateOf(master) === 'done');
    expect(seen).toEqual(chats.map((id) => `${id} ${id} is begun`));
  });

  it('goes on when it cannot be written down, which is told once', async () => {
    const journal = new MemoryJournal();
    journal.fails = true;
    const { bench, master } = await running(journal);
    using _ = bench;
    void master.ask('servers.restart', restart);
    await master.until(() => stateOf(master) === 'done');
    expect(lives(bench)).toEqual([2, 2, 2]);
    expect(master.lines.filter(({ message }) => message.includes('could not be written down'))).toHaveLength(
      1,
    );
  });

  it('is kept with the last thirty', async () => {
    const journal = new MemoryJournal();
    const { bench, master } = await running(journal);
    using _ = bench;
    for (let n = 0; n < 33; n++) await master.ask('servers.reload', { types: ['nobody'] });
    expect(journal.texts.size).toBeLessThanOrEqual(31);
    expect(master.long.rows[0]).toMatchObject({ id: 33, state: 'done' });
    expect(await codeOf(master.ask('operations.watch', { id: 1 }))).toBe('OPERATION_MISSING');
  });

  it('is watched by so many of one who asks that there is room for others', async () => {
    const { bench, master } = await running(new MemoryJournal());
    using _ = bench;
    void codeOf(master.ask('servers.restart', restart));
    await master.until(() => master.long.rows.length > 0);
    const long = master.long.get(1);
    const ends: AbortController[] = [];
    const watch = (who: string) => {
      const end = new AbortController();
      ends.push(end);
      return long.watch(() => {}, end.signal, who);
    };
    const watching = Array.from({ length: 30 }, () => watch('http eve'));
    await expect(watch('http eve')).rejects.toMatchObject({ code: 'VIEWS_FULL' });
    watching.push(watch('http ann'));
    for (const end of ends) end.abort();
    await Promise.all(watching);
  });
});

describe('the next master', () => {
  it('finishes the rest of a restart, and touches nothing that is done', async () => {
    const journal = new MemoryJournal();
    const { bench, master } = await running(journal);
    using _ = bench;
    void codeOf(master.ask('servers.restart', restart));
    await master.until(() => lives(bench)[0] === 2);
    master.long.abandon(); // as by kill -9: nothing more is written
    const next = await ServingBench.open(bench, journal);
    expect(stateOf(next)).toBe('waiting');
    next.goOn();
    await next.until(() => stateOf(next) === 'done');
    expect(lives(bench)).toEqual([2, 2, 2]);
    expect(next.long.get(1).row).toMatchObject({ done: chats, by: 'ann@desk' });
  });

  it('takes a server for done that has begun a new life since, whatever was written of it', async () => {
    const journal = new MemoryJournal();
    const { bench, master } = await running(journal);
    using _ = bench;
    void codeOf(master.ask('servers.restart', { ...restart, watchMs: 60_000 }));
    await master.until(() => lives(bench)[0] === 2);
    master.long.abandon();
    await bench.stop('chat-2');
    await bench.start('chat-2');
    const next = await ServingBench.open(bench, journal);
    next.goOn();
    await next.until(() => stateOf(next) === 'done');
    expect(lives(bench)).toEqual([2, 2, 2]);
  });

  it('leaves one paused that was paused, and ends one that was to end, telling what was done', async () => {
    const journal = new MemoryJournal();
    const { bench, master } = await running(journal);
    using _ = bench;
    void codeOf(master.ask('servers.restart', restart));
    await master.until(() => lives(bench)[0] === 2);
    await master.ask('operations.pause', { id: 1 });
    await master.until(() => stateOf(master) === 'paused');
    master.long.abandon();
    const next = await ServingBench.open(bench, journal);
    next.goOn();
    await bench.pass(10_000);
    expect(stateOf(next)).toBe('paused');
    expect(lives(bench)).toEqual([2, 1, 1]);
    await next.ask('operations.end', { id: 1 });
    await next.until(() => stateOf(next) === 'ended');
    expect(next.long.get(1).row).toMatchObject({
      done: ['chat-1'],
      left: ['chat-2', 'chat-3'],
      error: { message: expect.stringContaining('Done: chat-1. Not done: chat-2, chat-3.') },
    });
    expect((await journal.read())[0]).toMatchObject({ state: 'ended' });
  });

  it('takes up what the former one has left, and not what was begun since', async () => {
    const journal = new MemoryJournal();
    const { bench, master } = await running(journal);
    using _ = bench;
    void codeOf(master.ask('servers.restart', restart));
    await master.until(() => lives(bench)[0] === 2);
    master.long.abandon();
    const next = await ServingBench.open(bench, journal);
    void next.ask('servers.restart', { ids: ['connector-1'], watchMs: 1000, trial: false });
    await quiet();
    next.goOn();
    await next.until(() => stateOf(next, 1) === 'done' && stateOf(next, 2) === 'done');
    expect(bench.launcher.lives['connector-1']).toHaveLength(2);
    const begun = next.lines.filter(({ message }) => message === 'An operation begins.');
    expect(begun.map(({ operationId }) => operationId).sort()).toEqual([1, 2]);
    expect(lives(bench)).toEqual([2, 2, 2]);
  });

  it('gives numbers that are higher than those of before', async () => {
    const journal = new MemoryJournal();
    const { bench, master } = await running(journal);
    using _ = bench;
    await master.ask('servers.reload', { types: ['nobody'] });
    const next = await ServingBench.open(bench, journal);
    await next.ask('servers.reload', { types: ['nobody'] });
    expect(next.long.rows.map(({ id }) => id)).toEqual([2, 1]);
  });
});
