import { describe, expect, it } from 'vitest';
import { Bench, entry, quiet } from '../supervisor-bench.js';

/** A server that is killed when it hangs. */
async function running(hangMs = 3000) {
  const bench = new Bench([entry('chat-1', { autoRestart: true, restartForce: true })], { hangMs });
  await bench.start('chat-1');
  const life = bench.launcher.lives['chat-1']![0]!;
  const silence = async () => {
    life.freeze();
    while (bench.supervisor.record('chat-1').lostAt === undefined) await bench.pass(500);
  };
  const isBack = () => bench.supervisor.record('chat-1').lostAt === undefined;
  const comeBack = async () => {
    life.thaw();
    for (let passed = 0; !isBack() && passed < 10_000; passed += 500) await bench.pass(500);
  };
  return { bench, life, silence, comeBack, isBack };
}

describe('a server that is silent for a while', () => {
  it('is not killed for a silence that is over, when it is silent again at the time the first would have ended', async () => {
    const { bench, life, silence, comeBack } = await running(9000);
    using _ = bench;
    await silence();
    const lostAt = bench.clock.now();
    await comeBack();
    await silence();
    while (bench.clock.now() < lostAt + 9500) await bench.pass(500);
    expect(life.signals).toEqual([]);
    await comeBack();
    await bench.pass(20_000);
    expect(life.signals).toEqual([]);
    expect(bench.state('chat-1')).toBe('ready');
  });

  it('is killed when one silence is long enough', async () => {
    const { bench, life, silence } = await running();
    using _ = bench;
    await silence();
    await bench.pass(3500);
    expect(life.signals).toEqual(['SIGKILL']);
  });

  it('is not killed while its host has not answered for as long as one that hangs is given', async () => {
    const { bench, life, silence, isBack } = await running();
    using _ = bench;
    life.reachable = false;
    await silence();
    await bench.pass(10_000);
    life.reachable = true;
    await bench.pass(2500);
    expect(life.signals).toEqual([]); // it may only just have been told that the cable is in again
    expect(isBack()).toBe(false);
    await bench.pass(2000);
    expect(life.signals).toEqual(['SIGKILL']);
  });
});

describe('a master that was paused', () => {
  it('does not judge a server by the time it slept', async () => {
    const { bench, life, silence, comeBack } = await running();
    using _ = bench;
    await silence();
    bench.own.pause();
    await bench.pass(60_000);
    bench.own.goOn();
    await quiet();
    expect(life.signals).toEqual([]);
    await comeBack();
    await bench.pass(10_000);
    expect(life.signals).toEqual([]);
    expect(bench.state('chat-1')).toBe('ready');
  });

  it('does not kill what had to stop or to become ready while it slept', async () => {
    using bench = new Bench([entry('chat-1'), entry('chat-2')]);
    bench.launcher.behaviour['chat-2'] = { ready: false };
    bench.launcher.behaviour['chat-1'] = { deaf: true };
    await bench.start('chat-1');
    const started = bench.start('chat-2');
    await quiet();
    const stopped = bench.stop('chat-1');
    await quiet();
    bench.own.pause();
    await bench.pass(60_000);
    bench.own.goOn();
    await quiet();
    const [[one], [two]] = [bench.launcher.lives['chat-1']!, bench.launcher.lives['chat-2']!];
    expect([one!.signals, two!.signals]).toEqual([[], []]);
    one!.end({ code: 0, signal: null }); // both had done what was to be done, and nobody had read of it
    two!.link!.report('ready');
    expect(await stopped).toEqual([]);
    expect(await started).toEqual(['chat-2']);
  });
});
