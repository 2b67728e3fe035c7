import { newBootId } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import { Bench, entry, quiet } from '../supervisor-bench.js';

const away = '10.0.0.2';

/** A supervisor of a new master, of whose hosts one cannot be reached. */
class AwayBench extends Bench {
  constructor(more: Parameters<typeof entry>[1] = {}) {
    super([entry('chat-1', { host: away, ...more })]);
    this.launcher.away.add(away);
  }

  get record() {
    return this.supervisor.record('chat-1');
  }

  get lives() {
    return this.launcher.lives['chat-1'] ?? [];
  }

  /** A life that a former master has started there. */
  formerLife() {
    const bootId = newBootId();
    this.launcher.launch(this.record.entry, {
      id: 'chat-1',
      bootId,
      masters: [],
      keys: { link: [], rpc: [] },
      buildId: 'b',
      root: '/',
      exitWithParent: false,
    });
    return this.lives[0]!;
  }

  startLater() {
    this.supervisor.startLater(['chat-1'], `${away} is away`);
  }

  back() {
    this.launcher.away.delete(away);
  }
}

describe('a server whose host could not be reached', () => {
  it('is taken over when it dials in first, and nothing is started in its place', async () => {
    using bench = new AwayBench({ autoRestart: true, restartForce: true });
    bench.startLater();
    await bench.pass(4000);
    const life = bench.formerLife();
    bench.hub.admit('chat-1');
    await quiet();
    bench.back();
    await bench.pass(20_000);
    expect(bench.lives).toHaveLength(1);
    expect(life.signals).toEqual([]);
    expect(bench.record).toMatchObject({ state: 'ready', bootId: life.bootId, wanted: true });
  });

  it('is taken over when its host can be reached before it dials in', async () => {
    using bench = new AwayBench({ autoRestart: true });
    bench.startLater();
    await bench.pass(4000);
    bench.launcher.behaviour['chat-1'] = { ready: false };
    const life = bench.formerLife();
    life.freeze(); // its line is still down
    bench.back();
    await bench.pass(6000);
    expect(bench.lives).toHaveLength(1);
    expect(bench.record).toMatchObject({ state: 'starting', bootId: life.bootId });
  });

  it('is started when it does not run there, also where servers that crash are not', async () => {
    using bench = new AwayBench();
    bench.startLater();
    await bench.pass(20_000);
    expect(bench.lives).toHaveLength(0);
    bench.back();
    await bench.pass(6000);
    expect(bench.record.state).toBe('ready');
    expect(bench.lives).toHaveLength(1);
  });

  it('is not started any more when an operator has stopped it meanwhile', async () => {
    using bench = new AwayBench({ autoRestart: true });
    bench.startLater();
    await bench.pass(4000);
    await bench.stop('chat-1');
    bench.back();
    await bench.pass(20_000);
    expect(bench.lives).toHaveLength(0);
    expect(bench.state('chat-1')).toBe('down');
  });

  it('and is not ready in time is left alone for as long as its host does not answer', async () => {
    using bench = new AwayBench({ autoRestart: true });
    bench.launcher.behaviour['chat-1'] = { ready: false };
    bench.startLater();
    bench.back();
    await bench.pass(1000);
    const [life] = bench.lives;
    life!.reachable = false;
    await bench.pass(20_000);
    expect(life!.signals).toEqual([]);
    life!.reachable = true;
    await bench.pass(6000);
    expect(life!.signals).toEqual(['SIGKILL']);
    await bench.pass(40_000);
    expect(bench.lives.length).toBeGreaterThan(1);
  });
});
