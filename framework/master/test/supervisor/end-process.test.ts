import { describe, expect, it } from 'vitest';
import { Bench, entry, quiet } from '../supervisor-bench.js';

describe('the end of a server', () => {
  it('that never was ready is not waited for: SIGTERM at once, SIGKILL a second later', async () => {
    using bench = new Bench([entry('chat-1')], { stopTimeoutMs: 60_000 });
    bench.launcher.behaviour['chat-1'] = { ready: false, deaf: true };
    const failed = expect(bench.start('chat-1')).rejects.toThrow('chat-1 did not start: it was stopped');
    await quiet();
    const stopped = bench.stop('chat-1');
    const [life] = bench.launcher.lives['chat-1']!;
    expect(life!.signals).toEqual(['SIGTERM']);
    bench.clock.pass(999);
    expect(life!.signals).toEqual(['SIGTERM']);
    bench.clock.pass(1);
    expect(life!.signals).toEqual(['SIGTERM', 'SIGKILL']);
    expect(await stopped).toEqual(['chat-1']);
    await failed;
  });

  it('that never was ready comes no later than the time to stop', async () => {
    using bench = new Bench([entry('chat-1')], { stopTimeoutMs: 300 });
    bench.launcher.behaviour['chat-1'] = { ready: false, deaf: true };
    const failed = expect(bench.start('chat-1')).rejects.toThrow('it was stopped');
    await quiet();
    const stopped = bench.stop('chat-1');
    bench.clock.pass(300);
    expect(await stopped).toEqual(['chat-1']);
    await failed;
  });

  it('that was ready once keeps its whole time to stop', async () => {
    using bench = new Bench([entry('chat-1')], { stopTimeoutMs: 60_000 });
    bench.launcher.behaviour['chat-1'] = { deaf: true };
    await bench.start('chat-1');
    const stopped = bench.stop('chat-1');
    const [life] = bench.launcher.lives['chat-1']!;
    await bench.pass(2000);
    expect(life!.signals).toEqual([]);
    await bench.pass(58_000);
    expect(await stopped).toEqual(['chat-1']);
  });

  it('tells a server that was killed while it stopped from one that stopped', async () => {
    using bench = new Bench([entry('chat-1'), entry('chat-2')], { stopTimeoutMs: 60_000 });
    bench.launcher.behaviour['chat-1'] = { deaf: true };
    await bench.start('chat-1', 'chat-2');
    const stopped = bench.stop('chat-1', 'chat-2');
    await quiet();
    await bench.supervisor.kill(['chat-1', 'chat-2']);
    expect(await stopped).toEqual(['chat-1']);
    expect(bench.told.slice(-2).sort()).toEqual(['chat-1 killed', 'chat-2 stopped']);
  });
});
