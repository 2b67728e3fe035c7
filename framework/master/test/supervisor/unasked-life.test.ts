import { newBootId } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import { Bench, entry, quiet } from '../supervisor-bench.js';

const remote = entry('chat-1', { host: '10.0.0.9', autoRestart: true });

/** A life that a former master has begun on a host that this master has not asked yet, and that dials in by itself. */
async function lifeThatDialsIn(bench: Bench) {
  const boot = { id: 'chat-1', bootId: newBootId(), masters: [], keys: { link: [], rpc: [] } };
  const { entry: chat } = bench.supervisor.record('chat-1');
  const life = bench.launcher.launch(chat, { ...boot, buildId: 'b', root: '/', exitWithParent: false });
  await quiet();
  return life;
}

describe('a life that joins while its host was not asked yet', () => {
  it('is let in, as the start of the others passes it by', async () => {
    using bench = new Bench([remote, entry('chat-2')]);
    const life = await lifeThatDialsIn(bench);
    await bench.start('chat-1', 'chat-2');
    expect([bench.state('chat-1'), bench.state('chat-2')]).toEqual(['ready', 'ready']);
    expect(bench.launcher.lives['chat-1']).toEqual([life]);
  });

  it('is started again when it dies before it was ready: nobody was told of its end', async () => {
    using bench = new Bench([remote, entry('chat-2')]);
    bench.launcher.behaviour['chat-1'] = { ready: false };
    const life = await lifeThatDialsIn(bench);
    await bench.start('chat-1', 'chat-2');
    expect(bench.state('chat-1')).toBe('starting');
    bench.launcher.behaviour['chat-1'] = {};
    life.end({ code: 1, signal: null });
    await quiet();
    expect(bench.state('chat-1')).toBe('gone');
    await bench.pass(2000);
    expect(bench.state('chat-1')).toBe('ready');
    expect(bench.launcher.lives['chat-1']).toHaveLength(2);
  });

  it('is not started again where the configuration says so', async () => {
    using bench = new Bench([entry('chat-1', { host: '10.0.0.9' })]);
    bench.launcher.behaviour['chat-1'] = { ready: false };
    const life = await lifeThatDialsIn(bench);
    life.end({ code: 1, signal: null });
    await bench.pass(60_000);
    expect(bench.supervisor.record('chat-1')).toMatchObject({ state: 'gone', wanted: false });
  });
});
