import { newBootId } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import { Bench, entry, quiet } from '../supervisor-bench.js';

/** A supervisor to which a life has come of whose process its host knows nothing, as that of another folder. */
async function benchWithUnseenLife() {
  const bench = new Bench([entry('chat-1', { autoRestart: true, restartForce: true })]);
  bench.launcher.unseen.add('chat-1');
  const boot = { id: 'chat-1', bootId: newBootId(), masters: [], keys: { link: [], rpc: [] } };
  const { entry: chat } = bench.supervisor.record('chat-1');
  const life = bench.launcher.launch(chat, { ...boot, buildId: 'b', root: '/', exitWithParent: false });
  bench.hub.admit('chat-1');
  await quiet();
  return { bench, life, record: bench.supervisor.record('chat-1') };
}

describe('a server whose host knows nothing of its process', () => {
  it('plays on while its link stands: it has not crashed, and no other is started in its place', async () => {
    const { bench, life, record } = await benchWithUnseenLife();
    using _ = bench;
    await bench.pass(60_000);
    expect(record).toMatchObject({ state: 'ready', bootId: life.bootId, wanted: true, restarts: 0 });
    expect(bench.launcher.lives['chat-1']).toHaveLength(1);
    expect(bench.logged).toEqual([
      'chat-1 A server runs that its host knows nothing of; pomelo-ts restart replaces it by one that is watched.',
    ]);
  });

  it('is stopped by its link, and is not wanted any more', async () => {
    const { bench, life } = await benchWithUnseenLife();
    using _ = bench;
    expect(await bench.stop('chat-1')).toEqual([]);
    expect([life.ended, bench.state('chat-1')]).toEqual([true, 'down']);
  });

  it('is started again once its link is lost for good', async () => {
    const { bench, life } = await benchWithUnseenLife();
    using _ = bench;
    life.freeze();
    await bench.pass(20_000);
    expect(bench.launcher.lives['chat-1']).toHaveLength(2);
    expect(bench.state('chat-1')).toBe('ready');
  });
});
