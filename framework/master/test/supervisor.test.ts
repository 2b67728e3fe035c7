import { describe, expect, it } from 'vitest';
import { MemoryProcess } from './memory-launcher.js';
import { Bench, entry, quiet } from './supervisor-bench.js';

const three = [entry('gate-1'), entry('chat-1'), entry('connector-1')];

describe('a supervisor', () => {
  it('launches all at once but lets each tier in only after the one before it', async () => {
    using bench = new Bench(three);
    bench.launcher.behaviour['chat-1'] = { ready: false };
    const started = bench.start('gate-1', 'chat-1', 'connector-1');
    await quiet();
    expect(Object.keys(bench.launcher.lives)).toHaveLength(3);
    expect(bench.launcher.lives['connector-1']![0]!.link).toBeUndefined();
    bench.launcher.lives['chat-1']![0]!.link!.report('ready');
    expect(await started).toEqual(['gate-1', 'chat-1', 'connector-1']);
    expect(bench.told).toEqual([
      'start backends',
      'chat-1 starting',
      'chat-1 ready',
      'start connectors',
      'connector-1 starting',
      'connector-1 ready',
      'start gates',
      'gate-1 starting',
      'gate-1 ready',
    ]);
  });

  it('stops gates, then connectors, then backends', async () => {
    using bench = new Bench(three);
    await bench.start('gate-1', 'chat-1', 'connector-1');
    bench.told.length = 0;
    expect(await bench.stop('gate-1', 'chat-1', 'connector-1')).toEqual([]);
    expect(bench.told.filter((line) => line.startsWith('stop'))).toEqual([
      'stop gates',
      'stop connectors',
      'stop backends',
    ]);
    expect(bench.hub.registry.all).toEqual([]);
    expect(bench.launcher.lives['chat-1']![0]!.signals).toEqual([]);
  });

  it('asks, then sends SIGTERM, then SIGKILL when the time is over', async () => {
    using bench = new Bench(three);
    bench.launcher.behaviour['chat-1'] = { deaf: true };
    await bench.start('chat-1');
    const stopped = bench.stop('chat-1');
    const [life] = bench.launcher.lives['chat-1']!;
    await quiet();
    expect(life!.signals).toEqual([]);
    bench.clock.pass(600);
    expect(life!.signals).toEqual(['SIGTERM']);
    bench.clock.pass(400);
    expect(life!.signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect(await stopped).toEqual(['chat-1']);
  });

  it('undoes a start in which one server fails, and says why', async () => {
    using bench = new Bench(three);
    bench.launcher.behaviour['connector-1'] = { exitCode: 3 };
    await expect(bench.start('gate-1', 'chat-1', 'connector-1')).rejects.toMatchObject({
      code: 'SERVER_START_FAILED',
      message: expect.stringContaining('connector-1 did not start: it ended with exit code 3'),
    });
    expect(three.map(({ id }) => bench.state(id))).toEqual(['down', 'down', 'down']);
  });

  it('fails when a server that was ready is gone before the last one is', async () => {
    using bench = new Bench(three);
    bench.launcher.behaviour['connector-1'] = { ready: false };
    const started = bench.start('chat-1', 'connector-1');
    const failed = expect(started).rejects.toThrow('chat-1 did not start: it ended with exit code 5');
    await quiet();
    bench.launcher.lives['chat-1']![0]!.end({ code: 5, signal: null });
    await quiet();
    bench.launcher.lives['connector-1']![0]!.link!.report('ready');
    await failed;
    expect(bench.state('connector-1')).toBe('down');
  });

  it('leaves servers alone that ran before a start that fails', async () => {
    using bench = new Bench(three);
    await bench.start('chat-1');
    bench.launcher.behaviour['gate-1'] = { exitCode: 1 };
    await expect(bench.start('chat-1', 'gate-1')).rejects.toThrow('gate-1 did not start');
    expect(bench.state('chat-1')).toBe('ready');
    expect(bench.launcher.lives['chat-1']).toHaveLength(1);
  });

  it('gives up on a server that does not get ready in time', async () => {
    using bench = new Bench(three);
    bench.launcher.behaviour['chat-1'] = { ready: false };
    const started = bench.start('chat-1');
    const failed = expect(started).rejects.toMatchObject({ code: 'SERVER_START_TIMEOUT' });
    await quiet();
    await bench.pass(5000);
    await failed;
  });

  it('removes a crashed server from the registry at once and remembers how it ended', async () => {
    using bench = new Bench(three);
    await bench.start('chat-1');
    bench.launcher.lives['chat-1']![0]!.end({ code: 7, signal: null });
    await quiet();
    expect(bench.hub.registry.get('chat-1')).toBeUndefined();
    expect(bench.supervisor.record('chat-1')).toMatchObject({
      state: 'gone',
      exit: { code: 7, signal: null },
    });
    await bench.pass(60_000);
    expect(bench.launcher.lives['chat-1']).toHaveLength(1);
  });

  it('restarts with waits that double up to half a minute, and begins anew after a good minute', async () => {
    using bench = new Bench([entry('chat-1', { autoRestart: true })]);
    await bench.start('chat-1');
    const waits: number[] = [];
    const crash = async () => {
      const lives = () => bench.launcher.lives['chat-1']!;
      const before = lives().length;
      lives().at(-1)!.end({ code: 1, signal: null });
      await quiet();
      let waited = 0;
      for (; lives().length === before; waited += 500) await bench.pass(500);
      waits.push(waited);
      await quiet();
    };
    for (let i = 0; i < 7; i++) await crash();
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
    expect(bench.supervisor.record('chat-1').restarts).toBe(7);
    await bench.pass(60_000);
    await crash();
    expect(waits.at(-1)).toBe(1000);
  });

  it('does not restart what is being stopped, nor what was stopped while it waited', async () => {
    using bench = new Bench([entry('chat-1', { autoRestart: true })]);
    await bench.start('chat-1');
    bench.launcher.lives['chat-1']![0]!.end({ code: 1, signal: null });
    await quiet();
    await bench.stop('chat-1');
    await bench.pass(60_000);
    expect(bench.launcher.lives['chat-1']).toHaveLength(1);
    expect(bench.state('chat-1')).toBe('down');
  });

  it('restarts a server that stops by itself, as after an error that nobody caught', async () => {
    using bench = new Bench([entry('chat-1', { autoRestart: true })]);
    await bench.start('chat-1');
    const [life] = bench.launcher.lives['chat-1']!;
    life!.link!.report('stopping');
    await quiet();
    life!.end({ code: 1, signal: null });
    await bench.pass(1500);
    expect(bench.launcher.lives['chat-1']).toHaveLength(2);
    expect(bench.state('chat-1')).toBe('ready');
  });

  it('lets a server be started again that ended before it was ready', async () => {
    using bench = new Bench([entry('chat-1', { autoRestart: true })]);
    const life = new MemoryProcess(77, false, 'b', bench.clock);
    bench.supervisor.adopt('chat-1', 'former', life);
    life.end({ code: 1, signal: null });
    await quiet();
    expect(await bench.start('chat-1')).toEqual(['chat-1']);
    expect(bench.state('chat-1')).toBe('ready');
  });

  it('starts a server once when it is wanted again while it stops', async () => {
    using bench = new Bench([entry('chat-1', { autoRestart: true })]);
    bench.launcher.behaviour['chat-1'] = { deaf: true };
    await bench.start('chat-1');
    const stopped = bench.stop('chat-1');
    await quiet();
    const started = bench.start('chat-1');
    await bench.pass(1000);
    expect(await stopped).toEqual(['chat-1']);
    await started;
    await bench.pass(60_000);
    expect(bench.launcher.lives['chat-1']).toHaveLength(2);
    expect(bench.logged).toEqual([]);
  });

  it('logs each unexpected end and each restart', async () => {
    using bench = new Bench([entry('chat-1', { autoRestart: true }), entry('chat-2')]);
    await bench.start('chat-1', 'chat-2');
    for (const id of ['chat-1', 'chat-2']) bench.launcher.lives[id]![0]!.end({ code: 1, signal: null });
    await bench.pass(1500);
    expect(bench.logged).toEqual([
      'chat-1 A server has ended by itself.',
      'chat-2 A server has ended by itself.',
      'chat-1 A server is started again.',
    ]);
  });

  it('ends a process that hangs when restart-force is set, and starts another', async () => {
    using bench = new Bench([entry('chat-1', { restartForce: true }), entry('chat-2')]);
    await bench.start('chat-1', 'chat-2');
    for (const id of ['chat-1', 'chat-2']) bench.launcher.lives[id]![0]!.freeze();
    await bench.pass(8000);
    expect(bench.launcher.lives['chat-1']![0]!.signals).toEqual(['SIGKILL']);
    expect(bench.launcher.lives['chat-2']![0]!.signals).toEqual([]);
    await bench.pass(1500);
    expect(bench.state('chat-1')).toBe('ready');
    expect(bench.launcher.lives['chat-1']).toHaveLength(2);
  });

  it('says of a start that it hung, as list does', async () => {
    using bench = new Bench([entry('chat-1', { restartForce: true })], { hangMs: 500 });
    bench.launcher.behaviour['chat-1'] = { ready: false };
    const failed = expect(bench.start('chat-1')).rejects.toThrow(
      'chat-1 did not start: it hung and was killed',
    );
    await quiet();
    bench.launcher.lives['chat-1']![0]!.freeze();
    await bench.pass(8000);
    await failed;
  });

  it('stops a start that is under way', async () => {
    using bench = new Bench(three);
    bench.launcher.behaviour['chat-1'] = { ready: false };
    const started = bench.start('chat-1');
    const failed = expect(started).rejects.toThrow('chat-1 did not start: it was stopped');
    await quiet();
    await bench.stop('chat-1');
    await failed;
    expect(bench.state('chat-1')).toBe('down');
  });
});

describe('a supervisor whose master does not lead any more', () => {
  it('lets go of all servers: it ends none, starts none again, and nobody waits for it', async () => {
    using bench = new Bench(three);
    bench.launcher.behaviour['chat-1'] = { deaf: true };
    bench.launcher.behaviour['gate-1'] = { ready: false };
    await bench.start('chat-1', 'connector-1');
    const starting = bench.start('gate-1');
    const stopping = bench.stop('chat-1');
    await quiet();
    bench.leads = false;
    bench.supervisor.abandon();
    await expect(starting).rejects.toMatchObject({ code: 'SERVER_START_FAILED' });
    bench.launcher.lives['connector-1']![0]!.end({ code: 1, signal: null });
    await bench.pass(60_000);
    const lives = Object.values(bench.launcher.lives).flat();
    expect(lives).toHaveLength(3);
    expect(lives.flatMap(({ signals }) => signals)).toEqual([]);
    expect(bench.logged).toEqual([]);
    lives[0]!.end({ code: 0, signal: null });
    await stopping;
  });

  it('starts nothing even before it was told so', async () => {
    using bench = new Bench([entry('chat-1', { autoRestart: true })]);
    await bench.start('chat-1');
    bench.leads = false;
    bench.launcher.lives['chat-1']![0]!.end({ code: 1, signal: null });
    await bench.pass(10_000);
    expect(bench.launcher.lives['chat-1']).toHaveLength(1);
    bench.supervisor.abandon();
  });
});
