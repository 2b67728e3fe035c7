import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { alerts } from '../../../views/src/alerts.js';
import { alertText } from '../../src/alerting/alert-text.js';
import { findProblems } from '../../src/feed/find-problems.js';
import type { SeenServer } from '../../src/feed/seen-server.js';

const rules = readFileSync(new URL('../../../../deploy/observability/rules.yml', import.meta.url), 'utf8');

const rates = { requests: 100, errors: 0, p99: 0.01, cpu: 0.1, pushes: 100, dropped: 0 };
const reading = { loop: 0, files: 0, heap: 0, queue: 0, failingProbes: 0 };
const healthy = { wanted: true, crashes: 0, reading, before: reading, lastMinute: rates };
const quiet = { signInFailures: 0, auditUnwritten: 0 };

/** What is seen of a server, with what is wrong with it, and of another one that is well. */
const seen = (wrong: object, state = 'ready') =>
  [
    { ...healthy, ...wrong, row: { id: 'chat-1', type: 'chat', state } },
    { ...healthy, row: { id: 'chat-2', type: 'chat', state: 'ready' } },
  ] as unknown as SeenServer[];
const ofReading = (wrong: object) => seen({ reading: { ...reading, ...wrong } });
const ofMinute = (wrong: object) => seen({ lastMinute: { ...rates, ...wrong } });
const gone = { row: { id: 'chat-1', type: 'chat', state: 'ready' }, ...healthy };

it.each([
  ['PomeloServerDown', seen({}, 'gone'), quiet],
  ['PomeloServerDown', seen({}, 'lost'), quiet],
  ['PomeloCrashLoop', seen({ crashes: 3 }), quiet],
  ['PomeloEventLoopSlow', ofReading({ loop: 0.2 }), quiet],
  ['PomeloEventLoopStuck', ofReading({ loop: 0.6 }), quiet],
  ['PomeloErrorBudgetFast', ofMinute({ errors: 0.5 }), quiet],
  ['PomeloLatency', ofMinute({ p99: 2 }), quiet],
  ['PomeloHeapHigh', ofReading({ heap: 0.9 }), quiet],
  ['PomeloFilesHigh', ofReading({ files: 0.9 }), quiet],
  ['PomeloCpuHigh', ofMinute({ cpu: 1 }), quiet],
  ['PomeloSendQueueGrows', ofReading({ queue: 1e9 }), quiet],
  ['PomeloDeliveryProbe', ofReading({ failingProbes: 2 }), quiet],
  ['PomeloPushesDropped', ofMinute({ dropped: 0.5 }), quiet],
  ['PomeloAdminSignInFailures', [gone], { ...quiet, signInFailures: 99 }],
  ['PomeloAuditWriteFailed', [gone], { ...quiet, auditUnwritten: 1 }],
  ['PomeloTypeGone', seen({}, 'gone').slice(0, 1), quiet],
] as const)('is one for the rule, the view and what is sent: how bad %s is', (name, servers, own) => {
  const problem = findProblems(servers as SeenServer[], own as never).at(-1)!;
  const { severity } = alerts[name];
  expect(problem.severity).toBe(severity);
  const [, ruled] = new RegExp(`- alert: ${name}\\n(?:.*\\n)*?\\s+severity: (\\w+)`).exec(rules)!;
  expect(ruled).toBe(severity);
  const news = { firing: [{ ...problem, since: 0 }], over: [], lasting: [] };
  expect(alertText('test', news, 'warn')).toContain(`\n${severity}: ${problem.about}: `);
});

it('is no problem that a server that should run starts or stops: the rule waits for its end, too', () => {
  for (const state of ['starting', 'stopping'])
    expect(findProblems(seen({}, state), quiet as never)).toEqual([]);
});
