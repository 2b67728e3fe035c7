import { describe, expect, it } from 'vitest';
import { redacted } from '../../src/audit/redacted.js';
import { operations } from '../../src/operations/table.js';

const call = (args: readonly unknown[]) =>
  operations['remotes.call'].args.safeParse({
    method: `chat.chatRemote.${'m'.repeat(200)}`,
    args,
    id: 'chat-1',
  });

describe('a call of a remote for an operator', () => {
  it.each([
    ['a text', (n: number) => ['x'.repeat(n)]],
    ['what is escaped', (n: number) => ['"\u0001'.repeat(n / 8)]],
    ['numbers', (n: number) => Array.from({ length: 30 }, () => Array.from({ length: n / 60 }, () => 7))],
    [
      'secrets, which are written as ***',
      (n: number) => [Array.from({ length: n / 11 }, () => ({ pass: 1 }))],
    ],
  ])('takes no more than stands in the audit log as a whole: %s', (_, argsOf) => {
    let most = 0;
    for (let n = 0; n < 70_000; n += 11) {
      const { data } = call(argsOf(n));
      if (!data) break;
      most = n;
      expect(Object.keys(redacted(data))).toEqual(['method', 'args', 'id']);
    }
    expect(most).toBeGreaterThan(2000);
    expect(most).toBeLessThan(60_000);
  });
});
