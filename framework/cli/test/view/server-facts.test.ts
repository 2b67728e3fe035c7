import type { Operations } from '@pomelo-ts/master';
import { expect, it } from 'vitest';
import { eventLines, ServerFacts } from '../../src/commands/top/server-facts.js';
import type { MasterClient } from '../../src/master-client.js';

/** A master that has heard these numbers of a server. */
const told = (numbers: Operations['servers.measures']['answer']['numbers']) =>
  ({ operate: async () => ({ timings: [], numbers }) }) as unknown as MasterClient;

it('a measure that is a moment is shown as one, and a duration as a duration', async () => {
  const gauge = { name: '', kind: 'gauge', unit: 'seconds' } as const;
  const lines = await new ServerFacts('chat-1', { columns: 80, plain: true }).of(
    told([
      { measure: 'process.startTime', ...gauge, value: Date.UTC(2026, 10, 30, 1, 19, 50) / 1000 },
      { measure: 'eventloop.delay', ...gauge, value: 0.021 },
    ]),
    'runtime',
  );
  const text = lines.map((line) => line.text).join('\n');
  expect(text).toMatch(/process\.startTime +2026-11-30 01:19:50Z/);
  expect(text).toMatch(/eventloop\.delay +21ms/);
});

it('events of a server tell how it ended', () => {
  const [crash, end, build] = eventLines({
    happenings: [
      { at: 0, kind: 'build', id: 'chat-1', is: '1.2.0' },
      { at: 1000, kind: 'state', id: 'chat-1', is: 'gone', why: 'signal SIGKILL' },
      { at: 2000, kind: 'crash', id: 'chat-1', why: 'signal SIGKILL' },
    ],
  }).map(({ text }) => text.replace(/^\S+ +/, ''));
  expect(crash).toBe('was started again after a crash: signal SIGKILL');
  expect([end, build]).toEqual(['state gone: signal SIGKILL', 'build 1.2.0']);
});
