import type { ServerEntry } from '@pomelo-ts/cluster';
import { describe, expect, it } from 'vitest';
import { usualPermit } from '../../src/accounts/permit.js';
import { Approvals } from '../../src/approvals/approvals.js';
import type { Asks } from '../../src/operations/asks.js';
import { addToBlacklist } from '../../src/operations/blacklist.js';
import { applyConfig } from '../../src/operations/settings.js';
import { ServingBench } from '../operations/serving-bench.js';
import { Bench, entry, quiet } from '../supervisor-bench.js';

const stop = { ids: ['chat-1'] };
const codeOf = (asked: Promise<unknown>) => asked.catch(({ code }: { code: string }) => code);

/** A master two of whose persons are asked for each stop of a server. */
async function withApprovals(): Promise<{ bench: Bench; master: ServingBench }> {
  const bench = new Bench(['chat-1', 'chat-2'].map((id) => entry(id)));
  await bench.start('chat-1', 'chat-2');
  const master = await ServingBench.open(bench);
  master.approvalSettings = { persons: 2, timeoutMs: 600_000, verbs: ['servers.*'] };
  return { bench, master };
}

/** Asks as somebody, with a role. */
function as(
  master: ServingBench,
  name: string,
  asks: Asks | undefined = 'person',
  role: 'operator' | 'admin' = 'admin',
) {
  master.principal = { name, via: asks === 'host' ? 'cli' : 'http' };
  master.asks = asks;
  master.permit = usualPermit(role);
  return master;
}

/** Has ann ask for a stop of chat-1; gives what becomes of it, and its id. */
async function asked(master: ServingBench, gone?: AbortSignal) {
  const ended = codeOf(as(master, 'ann').ask('servers.stop', stop, gone));
  await quiet();
  const { id } = master.approvals.rows.at(-1)!;
  return { id, ended };
}

describe('a change that takes two persons', () => {
  it('waits until another person approves it, is carried out then, and both stand in the audit log', async () => {
    const { bench, master } = await withApprovals();
    using _ = bench;
    const { id, ended } = await asked(master);
    expect(bench.state('chat-1')).toBe('ready');
    expect(master.told).toEqual([{ kind: 'approval', id, until: Date.UTC(2026, 0, 1) + 600_000 }]);
    expect(await as(master, 'bo').ask('approvals.list')).toMatchObject([
      { id, verb: 'servers.stop', by: 'ann', target: 'chat-1', args: stop },
    ]);
    await as(master, 'bo').ask('approvals.approve', { id });
    await ended;
    expect(bench.state('chat-1')).toBe('down');
    expect(master.approvals.rows).toEqual([]);
    const lines = master.audit.map(({ verb, by, result, approvedBy }) => [verb, by, result, approvedBy]);
    expect(lines.filter(([verb]) => verb !== 'approvals.list')).toEqual([
      ['approvals.ask', 'ann', 'begun', undefined],
      ['approvals.approve', 'bo', 'begun', undefined],
      ['approvals.approve', 'bo', 'done', undefined],
      ['approvals.ask', 'ann', 'done', 'bo'],
      ['servers.stop', 'ann', 'begun', 'bo'],
      ['servers.stop', 'ann', 'done', 'bo'],
    ]);
  });

  it('is not approved by who has asked for it, nor by who may not do the same, nor by a key', async () => {
    const { bench, master } = await withApprovals();
    using _ = bench;
    const { id, ended } = await asked(master);
    const approve = () => codeOf(master.ask('approvals.approve', { id }));
    as(master, 'ann');
    expect(await approve()).toBe('APPROVAL_OWN');
    as(master, 'bo').permit = { role: 'half', allows: (verb) => verb.startsWith('approvals.') };
    expect(await approve()).toBe('ROLE_LACKING');
    master.permit = { ...usualPermit('admin'), servers: ({ id: other }) => other === 'chat-2' };
    expect(await approve()).toBe('SCOPE_LACKING');
    as(master, 'key of bo', 'program');
    expect(await approve()).toBe('APPROVAL_PERSON');
    expect(await codeOf(as(master, 'bo').ask('approvals.approve', { id: 'none' }))).toBe('APPROVAL_MISSING');
    expect(bench.state('chat-1')).toBe('ready');
    await as(master, 'bo').ask('approvals.refuse', { id });
    await ended;
  });

  it('is not asked for by a key, and that is written down', async () => {
    const { bench, master } = await withApprovals();
    using _ = bench;
    expect(await codeOf(as(master, 'key ci', 'program').ask('servers.stop', stop))).toBe('APPROVAL_PERSON');
    expect(master.audit).toMatchObject([
      { verb: 'servers.stop', result: 'refused', code: 'APPROVAL_PERSON' },
    ]);
    expect(bench.state('chat-1')).toBe('ready');
  });

  it('is not carried out when it is refused, of which whoever asked is told who and why', async () => {
    const { bench, master } = await withApprovals();
    using _ = bench;
    const ended = as(master, 'ann').ask('servers.stop', stop);
    const told = expect(ended).rejects.toThrow(/was not carried out: bo refused it: not before six/);
    await quiet();
    const { id } = master.approvals.rows[0]!;
    await as(master, 'bo').ask('approvals.refuse', { id, reason: 'not before six' });
    await told;
    expect(bench.state('chat-1')).toBe('ready');
    expect(master.audit.at(-1)).toMatchObject({
      verb: 'approvals.ask',
      result: 'refused',
      code: 'APPROVAL_REFUSED',
    });
    expect(await codeOf(master.ask('approvals.approve', { id }))).toBe('APPROVAL_MISSING');
  });

  it('is over after its time, of which whoever asked is told', async () => {
    const { bench, master } = await withApprovals();
    using _ = bench;
    const { id, ended } = await asked(master);
    await bench.pass(599_000);
    expect(master.approvals.rows).toHaveLength(1);
    await bench.pass(2000);
    expect(await ended).toBe('APPROVAL_EXPIRED');
    expect(await codeOf(as(master, 'bo').ask('approvals.approve', { id }))).toBe('APPROVAL_MISSING');
    expect(bench.state('chat-1')).toBe('ready');
    expect(master.audit.some(({ result, code }) => result === 'refused' && code === 'APPROVAL_EXPIRED')).toBe(
      true,
    );
  });

  it('is withdrawn when whoever asked leaves, and when the master ends', async () => {
    const { bench, master } = await withApprovals();
    using _ = bench;
    const gone = new AbortController();
    const left = await asked(master, gone.signal);
    gone.abort();
    expect(await left.ended).toBe('APPROVAL_REFUSED');
    const { ended } = await asked(master);
    master.approvals.close();
    expect(await ended).toBe('APPROVAL_REFUSED');
    expect(master.approvals.rows).toEqual([]);
    expect(bench.state('chat-1')).toBe('ready');
  });

  it('waits for nobody when it is asked for with the secret of the cluster, by which others are approved, too', async () => {
    const { bench, master } = await withApprovals();
    using _ = bench;
    await as(master, 'ops@game-1', 'host').ask('servers.stop', { ids: ['chat-2'] });
    expect(bench.state('chat-2')).toBe('down');
    const { id, ended } = await asked(master);
    await as(master, 'ops@game-1', 'host').ask('approvals.approve', { id });
    await ended;
    expect(bench.state('chat-1')).toBe('down');
  });

  it('is refused at once while ten of the same person wait', async () => {
    const { bench, master } = await withApprovals();
    using _ = bench;
    for (let n = 0; n < 10; n++) void asked(master);
    await quiet();
    expect(await codeOf(as(master, 'ann').ask('servers.stop', stop))).toBe('MASTER_BUSY');
    master.approvals.close();
  });

  it('is refused at once while a hundred of all persons wait', async () => {
    const { bench, master } = await withApprovals();
    using _ = bench;
    const ended = Array.from({ length: 100 }, (_, n) =>
      codeOf(as(master, `p${n % 10}`).ask('servers.stop', stop)),
    );
    await quiet();
    expect(master.approvals.rows).toHaveLength(100);
    expect(await codeOf(as(master, 'ann').ask('servers.stop', stop))).toBe('MASTER_BUSY');
    master.approvals.close();
    expect(new Set(await Promise.all(ended))).toEqual(new Set(['APPROVAL_REFUSED']));
  });

  it('does not wait for somebody who has left before it could', async () => {
    const { bench, master } = await withApprovals();
    using _ = bench;
    expect(await codeOf(as(master, 'ann').ask('servers.stop', stop, AbortSignal.abort()))).toBe(
      'APPROVAL_REFUSED',
    );
    expect(master.approvals.rows).toEqual([]);
  });
});

describe('a restart', () => {
  it('takes two persons when no server tries the code first', async () => {
    const { bench, master } = await withApprovals();
    using _ = bench;
    master.approvalSettings = { ...master.approvalSettings, verbs: [] };
    const ended = codeOf(as(master, 'ann').ask('servers.restart', { ...stop, trial: false }));
    await quiet();
    expect(master.approvals.rows).toMatchObject([{ verb: 'servers.restart', args: { trial: false } }]);
    master.approvals.close();
    expect(await ended).toBe('APPROVAL_REFUSED');
    await as(master, 'ann').ask('servers.stop', stop);
    expect(bench.state('chat-1')).toBe('down');
  });
});

describe('the end of servers', () => {
  const waits = async (
    verb: 'servers.stop' | 'servers.kill',
    args: object,
    entries: readonly ServerEntry[],
  ) => {
    const bench = new Bench(entries);
    using _ = bench;
    await bench.start(...entries.map(({ id }) => id));
    const master = await ServingBench.open(bench);
    master.approvalSettings = { persons: 2, timeoutMs: 600_000, verbs: [] };
    const ended = codeOf(as(master, 'ann').ask(verb, args));
    await quiet();
    const { length } = master.approvals.rows;
    master.approvals.close();
    await ended;
    return length === 1;
  };
  const gate = { ...entry('gate-1'), type: 'gate', frontend: true, clientPort: 3014 };
  const game = () => [gate, entry('chat-1'), entry('chat-2')];

  it.each(['servers.stop', 'servers.kill'] as const)(
    'by %s takes two persons when all that run are meant, or all that have clients, however they are named',
    async (verb) => {
      expect(await waits(verb, {}, game())).toBe(true);
      expect(await waits(verb, { ids: ['gate-1', 'chat-1', 'chat-2'] }, game())).toBe(true);
      expect(await waits(verb, { types: ['gate'] }, game())).toBe(true);
      expect(await waits(verb, { types: ['chat'] }, game())).toBe(false);
      // a gate that is left holds no players
      const connector = { ...gate, id: 'connector-1', type: 'connector', clientPort: 3015 };
      expect(await waits(verb, { types: ['connector'] }, [...game(), connector])).toBe(true);
      expect(await waits(verb, { ids: ['chat-1'] }, game())).toBe(false);
      expect(await waits(verb, { ids: ['none'] }, game())).toBe(false);
    },
  );

  it('names the servers in the audit log, though it waits for no turn of theirs', async () => {
    const bench = new Bench(game());
    using _ = bench;
    await bench.start('chat-1', 'chat-2', 'gate-1');
    const master = await ServingBench.open(bench);
    await as(master, 'ann', 'host').ask('servers.kill', { types: ['chat'] });
    expect(master.audit).toContainEqual(
      expect.objectContaining({ verb: 'servers.kill', target: 'chat-1, chat-2' }),
    );
  });

  it('takes two persons when settings are applied by restarts that no server tries', async () => {
    const takesTwo = (how: object) => applyConfig.takesTwo!(how, {} as never);
    expect(takesTwo({ restart: true, trial: false })).toBe(true);
    expect([{ restart: true }, { trial: false }, {}].map(takesTwo)).toEqual([false, false, false]);
  });
});

describe('the blacklist', () => {
  it.each([
    [['192.0.2.7', '198.51.100.0/24', '10.0.0.0/8'], false],
    [Array.from({ length: 256 }, (_, n) => `${n}.0.0.0/8`), true],
    [['0.0.0.0/1'], true],
    [['1.0.0.0/8', '1.0.0.0/8'], false],
    [['2001:db8::/32', '2001:db9::/48'], false],
    [['2000::/3'], true],
    [[5, null, 'a'], false],
  ])('takes two persons where it shuts out a good part of the world: %j', (networks, two) => {
    expect(addToBlacklist.takesTwo!({ networks } as never, {} as never)).toBe(two);
  });
});

describe('what takes two persons', () => {
  const needed = (persons: number) =>
    new Approvals({
      settings: () => ({ persons, timeoutMs: 1, verbs: ['cluster.kill', 'servers.*'] }),
      clock: { now: () => 0, after: () => () => {}, every: () => () => {} },
      wallTime: () => 0,
    });

  it('is what asks for a proof and what is named, but for approvals themselves, and nothing where one person is enough', () => {
    const two = needed(2);
    expect(two.needed('accounts.add', true)).toBe(true);
    expect(two.needed('cluster.kill', false)).toBe(true);
    expect(two.needed('servers.stop', false)).toBe(true);
    expect(two.needed('cluster.stop', false)).toBe(false);
    expect(two.needed('approvals.approve', true)).toBe(false);
    expect(needed(1).needed('accounts.add', true)).toBe(false);
  });
});
