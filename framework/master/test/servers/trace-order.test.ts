import { expect, it } from 'vitest';
import { inOrder } from '../../src/servers/trace-order.js';
import type { TraceLine } from '../../src/servers/traces.js';

const line = (server: string, at: number, kind: TraceLine['kind']): TraceLine => ({
  server,
  at,
  kind,
  what: 'a.b.c',
});

it('what servers have seen in one millisecond is told as one thing led to the other, and what one has seen as it has seen it', () => {
  const connector = [
    line('connector-1', 5, 'answer'),
    line('connector-1', 5, 'request'),
    line('connector-1', 5, 'answer'),
    line('connector-1', 5, 'push'),
  ];
  const chat = [line('chat-1', 4, 'work'), line('chat-1', 5, 'work'), line('chat-1', 6, 'work')];
  for (const lines of [
    [...connector, ...chat],
    [...chat, ...connector],
  ])
    expect(inOrder(lines).map(({ at, kind }) => `${at} ${kind}`)).toEqual([
      '4 work',
      '5 work',
      '5 answer',
      '5 request',
      '5 answer',
      '5 push',
      '6 work',
    ]);
  const one = [
    line('connector-1', 5, 'request'),
    line('connector-1', 5, 'answer'),
    line('chat-1', 5, 'work'),
  ];
  expect(inOrder(one).map(({ kind }) => kind)).toEqual(['request', 'work', 'answer']);
  expect(inOrder([])).toEqual([]);
});
