import type { LinkHub, LogPart, LogRequest } from '@pomelo-ts/cluster/masters';
import { systemClock } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import { ServerLogs } from '../../src/servers/server-logs.js';

const next = { offset: 9, before: '' };

/** Logs of one server that answers this, whatever it is asked. */
function logsOf(answer: object, asked: LogRequest[] = []): ServerLogs {
  const hub = {
    ask: async (
      _id: string,
      _command: string,
      request: LogRequest,
      _ms: number,
      read: (told: unknown) => LogPart,
    ) => {
      asked.push(request);
      return read(answer);
    },
  } as unknown as Pick<LinkHub, 'ask'>;
  return new ServerLogs({
    ...{ hub, clock: systemClock, root: '/nowhere' },
    entryOf: (id) => ({ id, serverType: 'chat', host: '127.0.0.1', port: 1 }) as never,
    readOnHost: () => Promise.reject(new Error('nobody reads there')),
  });
}

describe('the log of a server', () => {
  it('whose build knows no regular expressions has those lines alone that they are found in', async () => {
    const logs = logsOf({ lines: ['a bot', 'a player', 'a BOT'], next, more: false });
    const request = { lines: 5, filter: { patterns: ['b.t'], around: 2 } };
    expect(await logs.logOf('chat-1', request, 'x')).toEqual({
      ...{ lines: ['a bot', 'a BOT'], marks: 'FF', next, more: false },
    });
  });

  it('comes with the lines around those that were found, which are more than were asked for', async () => {
    const answer = { lines: ['before', 'a bot', 'after'], marks: 'Afa', next, more: false };
    const request = { lines: 1, filter: { patterns: ['bot'], around: 1 } };
    expect(await logsOf(answer).logOf('chat-1', request, 'x')).toEqual(answer);
    const many = {
      lines: Array.from({ length: 5000 }, () => 'a bot'),
      marks: 'f'.repeat(5000),
      next,
      more: false,
    };
    const told = await logsOf(many).logOf('chat-1', request, 'x');
    expect([told.lines.length, told.marks!.length]).toEqual([1040, 1040]);
  });

  it('is not asked for what makes no sense', async () => {
    const asked: LogRequest[] = [];
    const logs = logsOf({ lines: [], next, more: false }, asked);
    await expect(logs.logOf('chat-1', { lines: 1, filter: { patterns: ['(a'] } }, 'x')).rejects.toMatchObject(
      {
        code: 'LOG_FILTER_INVALID',
        message: expect.stringContaining('This cannot be looked for in logs: '),
      },
    );
    expect(asked).toEqual([]);
  });
});
