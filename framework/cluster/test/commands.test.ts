import { PomeloError } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { entry, LinkBench, wires } from './cluster-fixture.js';

const servers = [entry('chat-1'), entry('chat-2')];
const asItIs = (answer: unknown) => answer;

describe.each(wires)('a command of the master to a server, over %s', (wire) => {
  it('is answered with what the server gives for it', async () => {
    await using bench = new LinkBench(wire, servers);
    bench.hub.admit('chat-1');
    const link = await bench.join('chat-1');
    link.onCommand(async (command, args) => ({ command, args }));
    const asks = [1, 2, 3].map((n) => bench.hub.ask('chat-1', 'echo', { n }, 1000, asItIs));
    expect(await Promise.all(asks)).toEqual([1, 2, 3].map((n) => ({ command: 'echo', args: { n } })));
  });

  it('fails when the answer is not what it must be', async () => {
    await using bench = new LinkBench(wire, servers);
    bench.hub.admit('chat-1');
    const link = await bench.join('chat-1');
    link.onCommand(async () => ({ toString: 1 }));
    const read = (answer: unknown) => {
      if (typeof answer !== 'string') throw new Error('expected a text');
    };
    await expect(bench.hub.ask('chat-1', 'log', {}, 1000, read)).rejects.toThrow(
      'chat-1 did not carry out log: its answer makes no sense: expected a text',
    );
  });

  it('fails with the reason and the code that the server throws', async () => {
    await using bench = new LinkBench(wire, servers);
    bench.hub.admit('chat-1');
    const link = await bench.join('chat-1');
    link.onCommand(() => Promise.reject(new Error('no such file')));
    await expect(bench.hub.ask('chat-1', 'reload', {}, 1000, asItIs)).rejects.toMatchObject({
      code: 'SERVER_COMMAND_FAILED',
      message: 'chat-1 did not carry out reload: no such file',
      cause: { code: 'ERROR' },
    });
  });
});

describe('a command of the master', () => {
  it('fails for a server without a link, and for one that takes no commands yet', async () => {
    await using bench = new LinkBench('memory', servers);
    bench.hub.admit('chat-1');
    await bench.join('chat-1');
    await expect(bench.hub.ask('chat-2', 'reload', {}, 1000, asItIs)).rejects.toThrow(
      'chat-2 has not answered (reload): it has no link to the master',
    );
    await expect(bench.hub.ask('chat-1', 'reload', {}, 1000, asItIs)).rejects.toThrow(
      'this server does not know the command reload (yet)',
    );
  });

  it('may stop the whole server: its silence is heeded again once it has answered', async () => {
    const id = 'chat-1';
    const clock = new FakeClock();
    await using bench = new LinkBench('memory', servers, { clock });
    bench.hub.admit(id);
    const own = new FakeClock();
    const link = await bench.join(id, { bootId: 'one', clock: own });
    let answer = (_: string) => {};
    link.onCommand(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const asked = bench.hub.askPausing(id, 'profile', {}, 120_000, asItIs);
    await clock.letPass(250); // it hears the command
    clock.pass(60_000);
    expect(bench.hub.isLinked(id, 'one')).toBe(true);
    answer('taken');
    expect(await asked).toBe('taken');
    clock.pass(4001);
    expect(bench.hub.isLinked(id, 'one')).toBe(false);
  });

  it('fails when no answer comes in time, and when the link ends', async () => {
    const clock = new FakeClock();
    await using bench = new LinkBench('memory', servers, { clock, deadMs: 60_000 });
    bench.hub.admit('chat-1');
    const link = await bench.join('chat-1');
    link.onCommand(() => new Promise(() => {}));
    const late = expect(bench.hub.ask('chat-1', 'reload', {}, 1000, asItIs)).rejects.toThrow(
      'it did not answer within 1000 ms',
    );
    clock.pass(1000);
    await late;
    const lost = expect(bench.hub.ask('chat-1', 'reload', {}, 1000, asItIs)).rejects.toThrow(
      'chat-1 has not answered (reload): ',
    );
    link.close();
    await lost;
  });
});

describe.each(wires)('a question of a server to the master, over %s', (wire) => {
  it('is answered with what the master gives for it, and names who asks', async () => {
    const onServer = async (id: string, bootId: string, command: string, args: unknown) => ({
      id,
      bootId,
      command,
      args,
    });
    await using bench = new LinkBench(wire, servers, { onServer });
    bench.hub.admit('chat-1');
    const link = await bench.join('chat-1', { bootId: 'life-1' });
    const asks = [1, 2, 3].map((n) => link.ask('echo', { n }, 1000));
    expect(await Promise.all(asks)).toEqual(
      [1, 2, 3].map((n) => ({ id: 'chat-1', bootId: 'life-1', command: 'echo', args: { n } })),
    );
  });

  it('fails with the code and the facts of what the master throws', async () => {
    const onServer = () => {
      throw new PomeloError('SERVER_NOT_IN_TOPOLOGY', { name: 'x', known: 'y' });
    };
    await using bench = new LinkBench(wire, servers, { onServer });
    bench.hub.admit('chat-1');
    const link = await bench.join('chat-1');
    await expect(link.ask('find', {}, 1000)).rejects.toMatchObject({
      code: 'SERVER_NOT_IN_TOPOLOGY',
      facts: { name: 'x', known: 'y' },
    });
  });
});

describe('a question of a server', () => {
  it('fails at a master that knows no such question', async () => {
    await using bench = new LinkBench('memory', servers);
    bench.hub.admit('chat-1');
    const link = await bench.join('chat-1');
    await expect(link.ask('find', {}, 1000)).rejects.toThrow('this master does not know the question find');
  });

  it('fails when no answer comes in time, when the link ends, and while there is none', async () => {
    const clock = new FakeClock();
    await using bench = new LinkBench('memory', servers, { onServer: () => new Promise(() => {}) });
    bench.hub.admit('chat-1');
    const link = await bench.join('chat-1', { clock });
    const late = expect(link.ask('find', {}, 1000)).rejects.toThrow(
      'The link to the master was lost: it did not answer within 1000 ms (find)',
    );
    clock.pass(1000);
    await late;
    const lost = expect(link.ask('find', {}, 1000)).rejects.toMatchObject({ code: 'LINK_LOST' });
    bench.hub.close();
    await lost;
    await expect(link.ask('find', {}, 1000)).rejects.toThrow(
      'The link to the master was lost: there is none',
    );
  });
});
