import { Measures } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { coreMeasures } from '../../src/measures.js';
import { RemoteTable } from '../../src/remote/remote-table.js';
import { callHere } from '../../src/server/own-remotes.js';

const circle: { self?: unknown } = {};
circle.self = circle;

const methods = {
  sum: (...numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0),
  nothing: () => {},
  fail: () => {
    throw Object.assign(new Error('no such room'), { code: 'ROOM_MISSING' });
  },
  never: () => new Promise(() => {}),
  circle: () => circle,
  long: () => 'x'.repeat(300_000),
};

function table(filters: ConstructorParameters<typeof RemoteTable>[1] = []) {
  const remotes = new RemoteTable('chat-1', filters, new Measures().makeAll(coreMeasures));
  const service = { name: 'chatRemote', methods: new Map(Object.entries(methods)) };
  remotes.useServices('chat', [service as never]);
  remotes.addSystem('sys.session.kick', () => 'kicked');
  return remotes;
}

const call = (method: string, args: unknown[] = [], remotes = table()) =>
  callHere(remotes, { method: `chat.chatRemote.${method}`, args, timeoutMs: 5000 });

describe('a remote that an operator calls', () => {
  it('answers as JSON', async () => {
    expect(await call('sum', [1, 2])).toEqual({ json: '3' });
    expect(await call('nothing')).toEqual({ json: 'null' });
  });

  it('has its errors told, with their codes', async () => {
    expect(await call('fail')).toEqual({ code: 'ROOM_MISSING', reason: 'no such room' });
    expect(await call('circle')).toMatchObject({
      code: 'ERROR',
      reason: expect.stringContaining('circular'),
    });
    expect(await call('long')).toMatchObject({ code: 'REMOTE_ANSWER_LONG' });
    expect(await call('gone')).toMatchObject({ code: 'RPC_UNKNOWN_METHOD' });
  });

  it('is one of the game, and none of the framework', async () => {
    const asked = { method: 'sys.session.kick', args: [], timeoutMs: 5000 };
    expect(await callHere(table(), asked)).toMatchObject({ code: 'RPC_UNKNOWN_METHOD' });
  });

  it('is waited for no longer than was said', async () => {
    const clock = new FakeClock();
    const asked = { method: 'chat.chatRemote.never', args: [], timeoutMs: 5000 };
    const called = callHere(table(), asked, clock);
    clock.pass(5000);
    expect(await called).toMatchObject({ reason: 'there was no answer within 5000 ms; it goes on there' });
  });

  it('is seen by the filters of the game as called by an operator', async () => {
    const seen: unknown[] = [];
    const filter = {
      before: (_args: unknown[], from: { readonly id: string }) => {
        seen.push(from.id);
      },
    };
    await call('sum', [1], table([filter as never]));
    expect(seen).toEqual(['operator']);
  });
});
