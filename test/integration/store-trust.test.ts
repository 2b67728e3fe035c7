import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EtcdStore } from '@pomelo-ts/adapters/coordination-etcd';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';
import { EtcdCluster } from '../helpers/etcd.js';
import { freePort } from '../helpers/free-port.js';

/* Who may write to the store of the masters: what such a one can make them do, and what not. */

let etcd: EtcdCluster;
beforeAll(async () => {
  etcd = await EtcdCluster.up(1);
});
afterAll(() => etcd?.[Symbol.asyncDispose]());

/** A game with one master in the store, below `prefix`, and the store as somebody sees it who has no key. */
async function make(prefix: string) {
  const port = await freePort();
  const store = { kind: 'etcd', endpoints: etcd.endpoints, ttl: '2s', prefix };
  const master = { port, masters: [{ host: '127.0.0.1', port }], store };
  const game = await TestGame.make({ chat: [{ id: 'chat-1', port: await freePort() }] }, { master });
  const writeSecret = (file: string, secret: string) =>
    writeFileSync(join(game.root, '.pomelo-ts', file), secret, { mode: 0o600 });
  mkdirSync(join(game.root, '.pomelo-ts'), { mode: 0o700 });
  const secret = randomBytes(32).toString('hex');
  writeSecret('secret', secret);
  const bare = new EtcdStore({ endpoints: etcd.endpoints, prefix: `${prefix}production/` });
  return { game, bare, secret, writeSecret };
}

describe('whoever may write to the store', () => {
  it('adds no server: a state that no master has signed is refused, with what to do, and servers run on', async () => {
    const { game, bare } = await make('forged/');
    await using _game = game;
    const first = game.begin('start', '-e', 'production');
    await first.says('1 server ready');
    const { pid } = (await game.rows())['chat-1']!;
    first.child.kill('SIGKILL');
    await first.ended;
    const mark = join(game.root, 'it-ran');
    const args = [
      '--import',
      `data:text/javascript,import{writeFileSync}from'node:fs';writeFileSync('${mark}','')`,
    ];
    const evil = { serverType: 'chat', id: 'chat-9', host: '127.0.0.1', port: await freePort(), args };
    const signed = await bare.get('state');
    const state = {
      wanted: ['chat-1', 'chat-9'],
      outside: [],
      topologyChanges: { added: [evil], removed: [] },
    };
    for (const text of [
      JSON.stringify(state),
      JSON.stringify({ ...JSON.parse(signed!.value), value: JSON.stringify(state) }),
    ]) {
      await bare.put('state', text);
      const { code, stderr } = await game.run('start', '-e', 'production');
      expect(stderr).toContain(
        'The value of forged/production/state in the coordination store etcd was not written by a master',
      );
      expect(stderr).toContain('etcdctl del forged/production/state');
      expect(code).toBe(1);
    }
    expect(existsSync(mark)).toBe(false);
    await bare.delete('state');
    await eventually(async () => !(await bare.get('leader')), 'the end of the last tenure', 60_000);
    const next = game.begin('start', '-e', 'production');
    await next.says('1 server taken over: chat-1');
    expect((await game.rows())['chat-1']).toMatchObject({ pid, state: 'ready' });
    expect((await game.run('stop')).code).toBe(0);
    await next.ended;
    await bare.close();
  });

  it('is found by doctor, which reads the store as masters do', async () => {
    const { game, bare } = await make('looked/');
    await using _game = game;
    const fine = await game.run('doctor', '-e', 'production');
    expect(fine.stdout).toMatch(/^✔ store {4}1 member of etcd answer/m);
    for (const key of ['leader', 'state']) await bare.put(key, '{}');
    const { code, stdout } = await game.run('doctor', '-e', 'production');
    for (const key of ['leader', 'state'])
      expect(stdout).toMatch(
        new RegExp(
          `^✖ store {4}The value of looked/production/${key} .*\\n +→ .*etcdctl del looked/production/${key}`,
          'm',
        ),
      );
    expect(code).toBe(1);
    await bare.close();
  });

  it('does not become the master by a name in the place of the leader', async () => {
    const { game, bare } = await make('leader/');
    await using _game = game;
    const evil = { host: '127.0.0.1', port: 1, pid: 1, hostName: 'x', lease: '1' };
    await bare.put('leader', JSON.stringify(evil));
    const { code, stderr } = await game.run('start', '-e', 'production');
    expect(stderr).toContain(
      'leader/production/leader in the coordination store etcd was not written by a master',
    );
    expect(code).toBe(1);
    await bare.close();
  });
});

/** Ends the time of the former secret as the guide says. */
async function endFormer(game: TestGame) {
  const folder = join(game.root, '.pomelo-ts');
  renameSync(join(folder, 'previous-secret'), join(folder, 'former-secret'));
  const result = await game.run('secret', 'reload');
  if (result.code === 0) rmSync(join(folder, 'former-secret'));
  return result;
}

describe('a secret that is replaced', () => {
  it('is at hand when the master that leads ends before it does without the former one, which is put back', async () => {
    const { game, bare, secret, writeSecret } = await make('between/');
    await using _game = game;
    const first = game.begin('start', '-e', 'production');
    await first.says('1 server ready');
    const { pid } = (await game.rows())['chat-1']!;
    writeSecret('previous-secret', secret);
    writeSecret('secret', randomBytes(32).toString('hex'));
    expect((await game.run('secret', 'reload')).stdout).toContain(
      'first where the master leads: mv .pomelo-ts/previous-secret .pomelo-ts/former-secret && pomelo-ts secret reload && rm .pomelo-ts/former-secret',
    );
    first.child.kill('SIGKILL');
    await first.ended;
    expect((await endFormer(game)).code).not.toBe(0);
    const refused = await game.run('start', '-e', 'production');
    expect(refused.stderr).toContain(
      'the one before as well (.pomelo-ts/previous-secret), which may lie here, or on another host of a master, as .pomelo-ts/former-secret: move it back',
    );
    expect(refused.code).not.toBe(0);
    expect((await game.run('doctor', '-e', 'production')).stdout).toContain(
      'mv .pomelo-ts/former-secret .pomelo-ts/previous-secret',
    );
    const folder = join(game.root, '.pomelo-ts');
    renameSync(join(folder, 'former-secret'), join(folder, 'previous-secret'));
    const next = game.begin('start', '-e', 'production');
    await next.says('1 server taken over: chat-1');
    expect((await endFormer(game)).stdout).toContain('one secret is taken from now on');
    next.child.kill('SIGKILL');
    await next.ended;
    const last = game.begin('start', '-e', 'production');
    await last.says('1 server taken over: chat-1');
    expect((await game.rows())['chat-1']).toMatchObject({ pid, state: 'ready' });
    expect((await game.run('stop')).code).toBe(0);
    await last.ended;
    await bare.close();
  });

  it('costs what is kept in the store when nobody has the former one any more, and no server', async () => {
    const { game, bare, secret, writeSecret } = await make('lost/');
    await using _game = game;
    const first = game.begin('start', '-e', 'production');
    await first.says('1 server ready');
    await game.run('add', 'serverType=chat', 'id=chat-2', 'host=127.0.0.1', `port=${await freePort()}`);
    const before = await game.rows();
    writeSecret('previous-secret', secret);
    writeSecret('secret', randomBytes(32).toString('hex'));
    await game.run('secret', 'reload');
    first.child.kill('SIGKILL');
    await first.ended;
    rmSync(join(game.root, '.pomelo-ts', 'previous-secret'));
    for (const { key } of await bare.list('')) await bare.delete(key);
    const next = game.begin('start', '-e', 'production');
    await next.says('2 servers taken over: chat-1, chat-2');
    const after = await game.rows();
    for (const id of ['chat-1', 'chat-2'])
      expect(after[id]).toMatchObject({ pid: before[id]!.pid, state: 'ready', restarts: 0 });
    expect((await game.run('stop')).code).toBe(0);
    await next.ended;
    await bare.close();
  });

  it('and comes from the environment: the master does without the former one before it is started without it', async () => {
    const { game, bare, secret } = await make('variable/');
    await using _game = game;
    const fresh = randomBytes(32).toString('hex');
    const begin = async (says: string) => {
      const master = game.begin('start', '-e', 'production');
      await master.says(says);
      return async () => {
        master.child.kill('SIGTERM');
        await master.ended;
      };
    };
    game.moreEnv = { POMELO_TS_SECRET: secret };
    const end = await begin('1 server ready');
    expect((await game.run('secret', 'reload')).stderr).toContain('which it cannot read anew');
    await end();
    game.moreEnv = { POMELO_TS_SECRET: fresh, POMELO_TS_PREVIOUS_SECRET: secret };
    const endOfBoth = await begin('1 server taken over: chat-1');
    const { pid } = (await game.rows())['chat-1']!;
    expect((await game.run('secret', 'reload')).stdout).toContain('one secret is taken from now on');
    await endOfBoth();
    game.moreEnv = { POMELO_TS_SECRET: fresh };
    await begin('1 server taken over: chat-1');
    expect((await game.rows())['chat-1']).toMatchObject({ pid, state: 'ready' });
    expect((await game.run('stop')).code).toBe(0);
    await bare.close();
  });

  it('is that of all that is in the store, so that the next master takes over with the new one alone', async () => {
    const { game, bare, secret, writeSecret } = await make('rotated/');
    await using _game = game;
    const first = game.begin('start', '-e', 'production');
    await first.says('1 server ready');
    await game.run('add', 'serverType=chat', 'id=chat-2', 'host=127.0.0.1', `port=${await freePort()}`);
    writeSecret('previous-secret', secret);
    writeSecret('secret', randomBytes(32).toString('hex'));
    expect((await game.run('secret', 'reload')).stdout).toContain('two secrets are taken');
    expect(await endFormer(game)).toMatchObject({ code: 0, stderr: '' });
    first.child.kill('SIGKILL');
    await first.ended;
    const next = game.begin('start', '-e', 'production');
    await next.says('2 servers taken over: chat-1, chat-2');
    expect((await game.run('stop')).code).toBe(0);
    await next.ended;
    await bare.close();
  });
});

describe('a secret that was replaced while no master ran', () => {
  it('starts nothing and ends nothing, but tells where the one before goes; with that the servers are taken over', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1', port: await freePort() }] });
    const write = (file: string, secret: string) =>
      writeFileSync(join(game.root, '.pomelo-ts', file), secret, { mode: 0o600 });
    mkdirSync(join(game.root, '.pomelo-ts'), { mode: 0o700 });
    const [old, fresh] = [randomBytes(32).toString('hex'), randomBytes(32).toString('hex')];
    write('secret', old);
    const first = game.begin('start', '-e', 'production');
    await first.says('1 server ready');
    const { pid } = (await game.rows())['chat-1']!;
    first.child.kill('SIGKILL');
    await first.ended;
    write('secret', fresh);
    const refused = await game.run('start', '-e', 'production');
    expect(refused.stderr).toContain(
      'Servers that run know none of the secrets that would be taken from now on, so they could not be told: put the one before into .pomelo-ts/previous-secret',
    );
    expect(refused.code).not.toBe(0);
    expect(process.kill(pid!, 0)).toBe(true);
    write('previous-secret', old);
    const next = game.begin('start', '-e', 'production');
    await next.says('1 server of a former master came back: chat-1');
    expect((await game.rows())['chat-1']).toMatchObject({ pid, state: 'ready' });
    rmSync(join(game.root, '.pomelo-ts', 'previous-secret'));
    expect((await game.run('secret', 'reload')).stdout).toContain('one secret is taken');
    expect((await game.run('stop')).code).toBe(0);
    await next.ended;
  });
});
