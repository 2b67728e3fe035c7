import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { diskBounds } from '../../../common/src/ops/disk-health.js';
import { alerts } from '../../../views/src/alerts.js';
import { severities } from '../../../views/src/severities.js';
import { thresholds } from '../../../views/src/thresholds.js';
import { alertText } from '../../src/alerting/alert-text.js';
import { aroundProblems } from '../../src/feed/around-problems.js';
import { countedOf, type Fault } from '../../src/feed/counted.js';
import { findProblems } from '../../src/feed/find-problems.js';
import type { SeenServer } from '../../src/feed/seen-server.js';

const rules = readFileSync(new URL('../../../../deploy/observability/rules.yml', import.meta.url), 'utf8');

const rates = { requests: 100, errors: 0, faulty: 0, p99: 0.01, cpu: 0.1, pushes: 100, dropped: 0 };
const reading = { loop: 0, files: 0, heap: 0, queue: 0, failingProbes: 0, diskFree: 1e12 };
const faults = { ago: {}, calls: 100, lateCalls: 0, linkChanges: 0, heardAgo: 1e9, revision: 7 };
const healthy = { wanted: true, crashes: 0, faults, reading, before: reading, lastMinute: rates };
const own = { signInFailures: 0, auditUnwritten: 0 };
const players = {
  online: 900,
  onlineBefore: 1000,
  declared: false,
  counted: countedOf({ taken: 100 }),
};
const quiet = { own, players, revision: 7 };

/** Two servers of a host, and one of another. */
const ofHosts = (state: string) =>
  ['chat-1', 'chat-2', 'chat-3'].map((id) => ({
    ...healthy,
    row: { id, type: 'chat', host: id === 'chat-3' ? 'h2' : 'h1', state: id === 'chat-3' ? 'ready' : state },
  })) as unknown as SeenServer[];

/** What is seen of a server, with what is wrong with it, and of another one that is well. */
const seen = (wrong: object, state = 'ready') =>
  [
    { ...healthy, ...wrong, row: { id: 'chat-1', type: 'chat', state } },
    { ...healthy, row: { id: 'chat-2', type: 'chat', state: 'ready' } },
  ] as unknown as SeenServer[];
const ofReading = (wrong: object) => seen({ reading: { ...reading, ...wrong } });
const ofMinute = (wrong: object) => seen({ lastMinute: { ...rates, ...wrong } });
const faulty = (wrong: object) => seen({ faults: { ...faults, ...wrong } });
const counted = (fault: Fault) => faulty({ ago: { [fault]: 1000 } });
const ofPlayers = (wrong: object) => ({ ...quiet, players: { ...players, ...wrong } });
const gone = { row: { id: 'chat-1', type: 'chat', state: 'ready' }, ...healthy };

it.each([
  ['PomeloServerDown', seen({}, 'gone'), quiet],
  ['PomeloServerDown', seen({}, 'lost'), quiet],
  ['PomeloCrashLoop', seen({ crashes: 3 }), quiet],
  ['PomeloEventLoopSlow', ofReading({ loop: 0.2 }), quiet],
  ['PomeloEventLoopStuck', ofReading({ loop: 0.6 }), quiet],
  ['PomeloErrorBudgetFast', ofMinute({ faulty: 0.5 }), quiet],
  ['PomeloLatency', ofMinute({ p99: 2 }), quiet],
  ['PomeloHeapHigh', ofReading({ heap: 0.9 }), quiet],
  ['PomeloFilesHigh', ofReading({ files: 0.9 }), quiet],
  ['PomeloCpuHigh', ofMinute({ cpu: 1 }), quiet],
  ['PomeloSendQueueGrows', ofReading({ queue: 1e9 }), quiet],
  ['PomeloDeliveryProbe', ofReading({ failingProbes: 2 }), quiet],
  ['PomeloPushesDropped', ofMinute({ dropped: 0.5 }), quiet],
  ['PomeloAdminSignInFailures', [gone], { ...quiet, own: { ...own, signInFailures: 99 } }],
  ['PomeloAuditWriteFailed', [gone], { ...quiet, own: { ...own, auditUnwritten: 1 } }],
  ['PomeloNoFiles', counted('noFiles'), quiet],
  ['PomeloBackendsOverloaded', counted('overloaded'), quiet],
  ['PomeloCronFailed', counted('cronFailed'), quiet],
  ['PomeloCronMissed', counted('cronMissed'), quiet],
  ['PomeloCronWithoutLease', counted('cronUnleased'), quiet],
  ['PomeloLeaseLost', counted('leaseLost'), quiet],
  ['PomeloSessionsLost', counted('sessionsLost'), quiet],
  ['PomeloCallsFail', faulty({ lateCalls: 0.1 }), quiet],
  ['PomeloLinkFlaps', faulty({ linkChanges: 7 }), quiet],
  ['PomeloRegistrySplit', faulty({ revision: 6 }), quiet],
  ['PomeloOnlineDrop', [gone], ofPlayers({ online: 700 })],
  ['PomeloOnlineJump', [gone], ofPlayers({ online: 1300 })],
  ['PomeloHostDown', ofHosts('gone'), quiet],
  ['PomeloHandshakesRefused', [gone], ofPlayers({ counted: countedOf({ taken: 90, 'refused full': 10 }) })],
  [
    'PomeloHandshakesFail',
    [gone],
    ofPlayers({ counted: countedOf({ 'handshake ok': 90, 'handshake failed': 30 }) }),
  ],
  ['PomeloTypeGone', seen({}, 'gone').slice(0, 1), quiet],
] as const)('is one for the rule, the view and what is sent: how bad %s is', (name, servers, cluster) => {
  const problem = findProblems(servers as SeenServer[], cluster).at(-1)!;
  const { severity } = alerts[name];
  expect(problem.severity).toBe(severity);
  const [, ruled] = new RegExp(`- alert: ${name}\\n(?:.*\\n)*?\\s+severity: (\\w+)`).exec(rules)!;
  expect(ruled).toBe(severity);
  const news = { firing: [{ ...problem, since: 0 }], over: [], lasting: [] };
  expect(alertText('test', news, 'warn')).toContain(`\n${severity}: ${problem.about}: `);
});

const at = Date.UTC(2026, 0, 1);
const [dayMs, hourMs] = [86_400_000, 3_600_000];
const well = { certificates: [], clocks: [], disks: [], store: undefined };
const certificate = (leftMs: number) => ({
  ...well,
  certificates: [{ place: 'admin', endsAt: at + leftMs }],
});
const clockOf = (skewSeconds: number) => ({
  ...well,
  clocks: [{ host: 'h1', serverId: 'chat-1', skewSeconds }],
});
const diskOf = (...free: readonly number[]) => ({
  ...well,
  disks: free.map((mib) => ({ host: 'h1', disk: 'logs', freeBytes: mib * 2 ** 20 })),
});
const storeOf = (status: 'UP' | 'DEGRADED') => ({ ...well, store: { kind: 'etcd', health: { status } } });

it.each([
  ['PomeloCertExpires', certificate(13.5 * dayMs), 'its TLS certificate ends in 13 d'],
  ['PomeloCertExpires', certificate(2 * dayMs), 'its TLS certificate ends in 2 d'],
  ['PomeloCertExpiresSoon', certificate(5.5 * hourMs), 'its TLS certificate ends in 5 h'],
  ['PomeloCertExpiresSoon', certificate(-1), 'its TLS certificate has ended'],
  ['PomeloClockSkew', clockOf(0.6), "its clock is 0.6 s ahead of the master's"],
  ['PomeloClockSkew', clockOf(-5), "its clock is 5.0 s behind the master's"],
  ['PomeloDiskLow', diskOf(1023), '1023M are left on the disk with its logs'],
  ['PomeloDiskLow', diskOf(4096, 64), '64M are left on the disk with its logs'],
  ['PomeloDiskFull', diskOf(63, 100, 4096), '63M are left on the disk with its logs'],
  ['PomeloStoreDown', storeOf('DEGRADED'), 'the store that masters share does not answer: soon none leads'],
] as const)('is one for the rule and the view: how bad %s is', (name, around, what) => {
  const problems = aroundProblems({ ...around, at });
  expect(problems).toEqual([expect.objectContaining({ severity: alerts[name].severity, what })]);
});

it('is no problem that a certificate ends in a month, and that a clock differs by half a second', () => {
  expect(aroundProblems({ ...certificate(14 * dayMs), at })).toEqual([]);
  expect(aroundProblems({ ...clockOf(-0.5), at })).toEqual([]);
});

it('is no problem that a disk has a gigabyte, and that the store answers', () => {
  expect(aroundProblems({ ...diskOf(1024), at })).toEqual([]);
  expect(aroundProblems({ ...storeOf('UP'), at })).toEqual([]);
});

it('tells of each disk of a host, and of each host, by itself', () => {
  const disks = [
    { host: 'h1', disk: 'logs', freeBytes: 1 },
    { host: 'h1', disk: 'state', freeBytes: 1 },
    { host: 'h2', disk: 'logs', freeBytes: 1 },
  ];
  const keys = aroundProblems({ ...well, disks, at }).map(({ key }) => key);
  expect(keys).toEqual(['h1 logs disk', 'h1 state disk', 'h2 logs disk']);
});

it('has a disk be full for the rule, the view and its health from the same size on', () => {
  expect([diskBounds.little, diskBounds.almostNo]).toEqual([
    thresholds.diskWarnBytes,
    thresholds.diskPageBytes,
  ]);
});

it('tells of a host that is down when it has several servers that should run, and none of them serves', () => {
  const hosts = (servers: SeenServer[]) =>
    findProblems(servers, quiet).flatMap(({ key, about }) => (key.endsWith(' host') ? [about] : []));
  expect(hosts(ofHosts('lost'))).toEqual(['h1']);
  expect(hosts(ofHosts('lost').slice(1))).toEqual([]);
  expect(hosts(ofHosts('down').map((one) => ({ ...one, wanted: false })))).toEqual([]);
  expect(hosts([ofHosts('ready')[0]!, ...ofHosts('lost').slice(1)])).toEqual([]);
});

it('tells of a jump of those who are on-line from as many on as the rule does', () => {
  const jumps = (online: number, onlineBefore: number | null) =>
    findProblems([gone] as SeenServer[], ofPlayers({ online, onlineBefore })).length;
  expect([jumps(1201, 1000), jumps(1200, 1000), jumps(200, 10), jumps(201, 10)]).toEqual([1, 0, 0, 1]);
  expect([jumps(1000, null), jumps(1000, 0)]).toEqual([0, 0]);
});

it('is no problem that a server that should run starts or stops: the rule waits for its end, too', () => {
  for (const state of ['starting', 'stopping']) expect(findProblems(seen({}, state), quiet)).toEqual([]);
});

it('tells at once of a type of which nobody serves any more, and ten seconds later of one whose servers have not begun yet, or not come back to a new master', () => {
  const lasting = (...rows: object[]) =>
    findProblems(
      rows.map((row) => ({ ...healthy, row: { type: 'chat', ...row } })) as unknown as SeenServer[],
      quiet,
    )
      .filter(({ key }) => key === 'chat nobody')
      .map(({ lastsMs }) => lastsMs);
  const begins = { id: 'chat-1', state: 'starting' };
  expect(lasting(begins, { ...begins, id: 'chat-2' })).toEqual([10_000]);
  expect(lasting(begins, { ...begins, id: 'chat-2', end: 'crashed' })).toEqual([0]);
  expect(lasting(begins, { id: 'chat-2', state: 'gone' })).toEqual([0]);
  expect(lasting(begins, { id: 'chat-2', state: 'ready' })).toEqual([]);
});

it('has all alerts be problems of the master, but for those that a decision names', () => {
  const here = (path: string) => new URL(path, import.meta.url);
  const feed = here('../../src/feed/');
  const files = readdirSync(feed).filter((name) => name.endsWith('.ts'));
  const known = files.map((name) => readFileSync(new URL(name, feed), 'utf8')).join();
  const others = Object.keys(severities).filter((name) => !new RegExp(`severities\\.${name}\\b`).test(known));
  const decision = readFileSync(
    here('../../../../docs/adr/0037-where-looking-is-otherwise-than-planned.md'),
    'utf8',
  );
  const [, named = ''] = /\*\*Alerts that only Prometheus has\.\*\*(.*)/.exec(decision) ?? [];
  expect(named.match(/Pomelo\w+/g)).toEqual(others);
});
