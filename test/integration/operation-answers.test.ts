import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterKeys, connectOperator, dialSecure } from '@pomelo-ts/cluster';
import { logStart } from '@pomelo-ts/cluster/masters';
import type { Operations } from '@pomelo-ts/master';
import { viewNames } from '@pomelo-ts/views';
import { expect, it } from 'vitest';
import { operations } from '../../framework/master/src/operations/table.js';
import { TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

type Verb = keyof Operations;

/** Asks the master of `game`, and reads each answer and all that is told meanwhile by the schemas of the table. */
async function asker(game: TestGame, asked: Set<string>) {
  const { port } = JSON.parse(game.read('config/master.json')) as { port: number };
  const keys = await ClusterKeys.of({ secret: game.read('.pomelo-ts/secret').trim() });
  const dial = () => dialSecure({ host: '127.0.0.1', port }, keys.operator);
  const principal = { name: 'test', via: 'test' } as const;
  const client = await connectOperator<Operations>({ dial, principal });
  const ask = async <V extends Verb>(
    verb: V,
    args: Operations[V]['args'],
  ): Promise<Operations[V]['answer']> => {
    const { answer, progress, args: schema } = operations[verb];
    const told: unknown[] = [];
    const given = await client.operate(verb, args, (event: unknown) => told.push(event));
    asked.add(verb);
    expect([verb, 'args', schema.safeParse(args).error?.issues]).toEqual([verb, 'args', undefined]);
    expect([verb, 'answer', answer.safeParse(given).error?.issues]).toEqual([verb, 'answer', undefined]);
    for (const event of told)
      expect([verb, event, progress.safeParse(event).error?.issues]).toEqual([verb, event, undefined]);
    return given;
  };
  return { ask, client };
}

/** A watch goes on until its connection ends. */
async function readWatched(game: TestGame, asked: Set<string>): Promise<void> {
  const { client } = await asker(game, asked);
  const { progress } = operations['views.watch'];
  const told: unknown[] = [];
  const ended = expect(
    client.operate('views.watch', { view: 'servers' }, (event) => told.push(event)),
  ).rejects.toThrow('closed');
  asked.add('views.watch');
  await expect.poll(() => told.length).toBeGreaterThan(1);
  client.close();
  await ended;
  for (const event of told)
    expect([event, progress.safeParse(event).error?.issues]).toEqual([event, undefined]);
}

type Ask = Awaited<ReturnType<typeof asker>>['ask'];

/** Accounts, keys and the audit log, and what servers that know less than a game's own are asked for. */
async function lookedAtByAdmins(ask: Ask, asked: Set<string>): Promise<void> {
  const { token } = await ask('accounts.add', { name: 'ann', role: 'admin' });
  expect(token).toMatch(/^[\w-]{43}$/);
  await ask('accounts.add', { name: 'bob', role: 'viewer' });
  await ask('accounts.change', { name: 'bob', role: 'operator', disabled: true });
  await ask('accounts.link', { name: 'bob' });
  expect(await ask('accounts.list', {})).toHaveLength(2);
  await ask('accounts.remove', { name: 'bob' });
  const { id } = await ask('keys.create', { name: 'ci', role: 'viewer', days: 1 });
  expect(await ask('keys.list', {})).toHaveLength(1);
  await ask('keys.revoke', { id });
  expect(await ask('sessions.list', {})).toEqual([]);
  expect(await ask('sessions.revoke', { id: 'none' })).toEqual({ ended: 0 });
  expect(await ask('approvals.list', {})).toEqual([]);
  for (const verb of ['approvals.approve', 'approvals.refuse'] as const) {
    await expect(ask(verb, { id: 'none' })).rejects.toThrow('No change waits under none');
    asked.add(verb); // web-admin-approvals.test has some that wait
  }
  expect((await ask('audit.read', { verb: 'accounts.' })).records.length).toBeGreaterThan(6);
  expect(await ask('audit.verify', {})).toMatchObject({ broken: [], cut: 0 });
  const { silent } = await ask('channels.list', {});
  expect(silent.length).toBeGreaterThan(1);
  await ask('channels.members', { name: 'room' });
  expect(await ask('leases.list', {})).toEqual({ leases: [], total: 0 });
  expect((await ask('inspect.list', {})).things).toEqual([]);
  expect(await ask('servers.loglevel', { level: 'debug' })).toMatchObject({ changed: [] });
  const mail = { to: { uids: ['ann'] }, route: 'onMail', body: {} };
  expect(await ask('push.many', { pushes: [mail] })).toEqual({
    answers: [
      { error: { code: 'SERVER_COMMAND_FAILED', message: expect.stringContaining('does not know') } },
    ],
  });
  for (const [verb, args] of [
    ['code.eval', { id: 'chat-1', code: '1' }],
    ['remotes.call', { method: 'chat.chatRemote.say', args: [1], id: 'chat-1' }],
    ['users.online', { uids: ['ann'] }],
    ['users.count', {}],
    ['inspect.show', { id: 'chat-1', kind: 'room', thing: 'one' }],
    ['push.send', mail],
  ] as const) {
    await expect(ask(verb, args)).rejects.toThrow('does not know');
    asked.add(verb); // push-api.test, game-code.test and inspect.test have servers that know them
  }
}

it('each operation answers, and tells while it goes on, what its schemas say', async () => {
  const chat: object[] = [];
  for (const n of [1, 2]) chat.push({ id: `chat-${n}`, port: await freePort() });
  chat.push({ id: 'chat-9', port: await freePort(), external: true });
  const gate = [{ id: 'gate-1', clientPort: await freePort(), frontend: true }];
  await using game = await TestGame.make({ chat, gate });
  expect(await game.run('start', '-D')).toMatchObject({ code: 0 });
  const asked = new Set<string>();
  const { ask, client } = await asker(game, asked);

  await ask('leader.read', {});
  await ask('master.describe', {});
  expect(await ask('hosts.ask', {})).toHaveLength(3);
  const page = await ask('hosts.describe', { host: '127.0.0.1' });
  expect(page).toMatchObject({ host: '127.0.0.1', total: 4, machine: { cpus: expect.any(Number) } });
  await ask('log.read', { id: 'master', request: { lines: 5 } });
  const warnings = { words: ['a'], without: ['b'], level: 'warn' } as const;
  await ask('log.read', { id: 'master', request: { lines: 5, filter: warnings } });
  await ask('log.read', { id: 'chat-1', request: { after: logStart } });
  expect(await ask('servers.list', {})).toHaveLength(4);
  for (const view of viewNames) await ask('views.read', { view, window: '1m' });
  await ask('views.past', { span: '10m' });
  await ask('views.past', { id: 'chat-1', span: '6h' });
  await ask('servers.measures', { id: 'chat-1' });
  expect(await ask('servers.config', { id: 'chat-1' })).toMatchObject({ values: expect.any(Array) });
  await readWatched(game, asked);
  expect(await ask('users.find', { uid: 'ann' })).toMatchObject({ sessions: [], silent: [{ id: 'gate-1' }] });
  expect(await ask('users.describe', { uid: 'ann' })).toMatchObject({ sessions: [], channels: [] });
  expect(await ask('users.trace', { uid: 'ann', forMs: 1000 })).toMatchObject({ ended: 'time', lines: 0 });
  await ask('users.kick', { uid: 'ann', reason: 'test' });
  expect(await ask('blacklist.add', { networks: ['192.0.2.7/24'], reason: 'bots', forMs: 60_000 })).toEqual({
    ...{ networks: ['192.0.2.0/24'], told: ['gate-1'], silent: [] },
  });
  expect((await ask('blacklist.list', { within: '192.0.2.9' })).total).toBe(1);
  await ask('blacklist.remove', { networks: ['192.0.2.0/24'] });
  await lookedAtByAdmins(ask, asked);
  const wish = { kind: 'cpu', ms: 100 } as const;
  await expect(ask('servers.profile', { id: 'chat-1', wish })).rejects.toThrow('does not know');
  asked.add('servers.profile'); // look-into.test has servers that know it
  expect(await ask('servers.drain', { ids: ['chat-1'] })).toEqual({ drained: ['chat-1'] });
  await ask('servers.list', {});
  expect(await ask('servers.undrain', { types: ['chat'] })).toEqual({ undrained: ['chat-1'] });
  await ask('servers.stop', { ids: ['chat-1'] });
  await ask('servers.kill', { ids: ['chat-2'] });
  await ask('servers.list', {}); // with how they have ended
  expect(await ask('servers.start', { types: ['chat'] })).toEqual({ started: ['chat-1', 'chat-2'] });
  await ask('servers.restart', { ids: ['chat-1'], watchMs: 100 });
  await expect(ask('servers.reload', { ids: ['chat-1'], watchMs: 0 })).rejects.toThrow('does not know');
  expect(await ask('servers.reload', { ids: ['chat-9'], watchMs: 0 })).toEqual({ servers: [] });
  expect(await ask('operations.list', {})).toMatchObject([{ state: 'done' }, { state: 'failed' }, {}]);
  await ask('operations.watch', { id: 1 });

  const granted = await ask('servers.claim', { id: 'chat-9', bootId: 'boot-of-the-test' });
  expect(granted).toMatchObject({ granted: { id: 'chat-9' } });
  expect(await ask('servers.claim', { id: 'chat-1', bootId: 'b' })).toHaveProperty('taken');
  await ask('servers.release', { id: 'chat-9', bootId: 'boot-of-the-test' });
  await ask('servers.add', { servers: { chat: [{ id: 'chat-3', port: await freePort() }] } });
  await ask('servers.remove', { ids: ['chat-2', 'chat-3'] });
  await ask('servers.restore', { ids: ['chat-2'] });

  const [first, ...others] = chat;
  mkdirSync(join(game.root, 'app/servers/lobby'));
  const changed = [{ ...first, group: 'blue', port: await freePort() }, ...others];
  game.write('config/servers.json', {
    chat: changed,
    gate,
    lobby: [{ id: 'lobby-1', port: await freePort() }],
  });
  const diff = await ask('config.read', {});
  expect(diff.changes.length).toBeGreaterThan(1);
  await ask('config.apply', { digest: diff.digest, restart: true, watchMs: 0 });
  await ask('secret.reload', {});

  const second = await asker(game, asked);
  const restart = second.client.operate('servers.restart', { types: ['chat'], watchMs: 60_000 });
  const ended = expect(restart).rejects.toMatchObject({ cause: { code: 'OPERATION_ENDED' } });
  await expect.poll(async () => (await ask('operations.list', {}))[0]).toMatchObject({ state: 'running' });
  const { id } = (await ask('operations.list', {}))[0]!;
  await ask('operations.pause', { id });
  await ask('operations.resume', { id });
  await ask('operations.end', { id });
  await ended;
  expect(await ask('operations.watch', { id })).toMatchObject({ state: 'ended' });

  await ask('cluster.stop', {});
  client.close();
  second.client.close();
  await expect.poll(() => game.pids(), { timeout: 20_000 }).toEqual([]);
  expect(await game.run('start', '-D')).toMatchObject({ code: 0 });
  const third = await asker(game, asked);
  await third.ask('cluster.kill', {});
  third.client.close();
  expect([...asked].sort()).toEqual(Object.keys(operations).sort());
});
