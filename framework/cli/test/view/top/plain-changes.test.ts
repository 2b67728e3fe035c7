import type { Page, Problem, Row } from '@pomelo-ts/views';
import { describe, expect, it } from 'vitest';
import { plainChanges } from '../../../src/view/top/plain-changes.js';

const at = new Date(2026, 10, 30, 12, 4, 31).getTime();
const row = (id: string, state = 'ready', connections = 5): Row => ({
  key: id,
  cells: { id, type: 'chat', host: 'h1', state, connections },
  trouble: 0,
});
const problem: Problem = {
  ...{ key: 'gone chat-2', severity: 'page', about: 'chat-2', what: 'gone: signal SIGKILL' },
  ...{ since: at, next: 'logs chat-2' },
};

function page(rows: readonly Row[], problems: readonly Problem[] = [], matching = rows.length): Page {
  const summary = {
    ...{ env: 'production', leader: { id: 'master', host: 'h', term: 1 }, hosts: 1, states: { ready: 2 } },
    ...{ builds: [], online: 12, requests: 3, errors: 0, p99: null, problems, problemCount: problems.length },
    ...{ pushes: 0, past: { online: [], requests: [], errors: [], p99: [], pushes: [] } },
  };
  return { at, rows, matching, total: rows.length, silent: [], summary };
}

describe('a view line by line', () => {
  it('begins with all that there is, each figure with its name', () => {
    expect(plainChanges('servers', undefined, page([row('chat-1')]))).toEqual([
      '12:04:31 production, leader master, servers: 2 ready; 12 online, 3.0 requests a second; no problems; 1 of 1 lines',
      '12:04:31 id chat-1, type chat, host h1, state ready, conn 5',
    ]);
  });

  it('goes on with what has changed: states, problems, who comes and who is gone, and no figure alone', () => {
    const before = page([row('chat-1'), row('chat-2'), row('chat-3')], []);
    const next = page([row('chat-1', 'ready', 900), row('chat-2', 'gone')], [problem]);
    expect(plainChanges('servers', before, next)).toEqual([
      '12:04:31 alert: chat-2 gone: signal SIGKILL, since 12:04:31; next: logs chat-2',
      '12:04:31 id chat-2, type chat, host h1, state gone, conn 5',
      '12:04:31 gone: chat-3',
    ]);
    expect(plainChanges('servers', next, page([row('chat-1'), row('chat-2', 'gone')]))).toEqual([
      '12:04:31 over: chat-2 gone: signal SIGKILL',
    ]);
    expect(plainChanges('servers', next, next)).toEqual([]);
  });

  it('says of none that it is gone that may just stand further down', () => {
    const before = page([row('chat-1'), row('chat-2')], [], 9);
    expect(plainChanges('servers', before, page([row('chat-1')], [], 9))).toEqual([]);
  });

  it('is bounded, and does nothing to a terminal', () => {
    const rows = Array.from({ length: 200 }, (_, n) => row(`chat-${n}\u001b[31m`));
    const lines = plainChanges('servers', page([]), page(rows));
    expect([lines.length, lines.at(-1)]).toEqual([51, '12:04:31 and 150 more changes']);
    expect(lines.join('')).not.toContain('\u001b');
  });
});
