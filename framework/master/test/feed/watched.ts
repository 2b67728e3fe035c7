import { Measures, type MeasureTable } from '@pomelo-ts/common';
import { codeClasses, type Disk, diskMeasures } from '@pomelo-ts/common/internal';
import { type Page, usualQuery, type ViewQuery } from '@pomelo-ts/views';
import { linearMatcher } from '../../../cluster/src/linear-matcher.js';
import { ConfigNotes } from '../../src/feed/config-notes.js';
import { Feed } from '../../src/feed/feed.js';
import { Acting } from '../../src/servers/acting.js';
import type { SharedStore } from '../../src/servers/shared-store.js';
import { Bench, entry } from '../supervisor-bench.js';

export const help = 'Of this test.';
export const codes = { label: 'codeClass', values: codeClasses } as const;
/** Measures of servers that the feed reads; `top.test` has real servers tell them. */
const table = {
  requests: {
    ...{ kind: 'histogram', name: 'request.duration', unit: 'seconds', help },
    ...{ open: { label: 'route', most: 10 }, closed: codes },
  },
  failures: { kind: 'counter', name: 'request.failures', help },
  unserved: { kind: 'counter', name: 'request.unserved', help },
  loop: {
    ...{ kind: 'gauge', name: 'eventloop.delay', unit: 'seconds', help },
    closed: { label: 'percentile', values: ['50', '90', '99', '100'] },
  },
  crons: { kind: 'counter', name: 'cron.failures', help },
  queue: { kind: 'gauge', name: 'sendQueue', unit: 'bytes', help },
  fanout: { kind: 'histogram', name: 'push.fanout', help },
  dropped: {
    ...{ kind: 'counter', name: 'push.dropped', help },
    closed: { label: 'cause', values: ['slow', 'absent', 'unsent'] },
  },
  noFiles: { kind: 'counter', name: 'process.noFiles', help },
  overloaded: { kind: 'counter', name: 'forward.overloaded', help },
  refusedWork: { kind: 'counter', name: 'forward.refused', help },
  cronMissed: { kind: 'counter', name: 'cron.missed', help },
  cronSkipped: { kind: 'counter', name: 'cron.skipped', help },
  cronUnleased: { kind: 'counter', name: 'cron.unleased', help },
  leaseLost: { kind: 'counter', name: 'lease.lost', help },
  lostMoves: { kind: 'counter', name: 'session.lostMoves', help },
  taken: { kind: 'counter', name: 'client.connections', help },
  refused: {
    ...{ kind: 'counter', name: 'client.refused', help },
    closed: { label: 'reason', values: ['address', 'blacklist', 'full', 'origin', 'tooMany'] },
  },
  handshakes: {
    ...{ kind: 'counter', name: 'client.handshakes', help },
    closed: { label: 'result', values: ['ok', 'refused', 'invalid', 'failed'] },
  },
  calls: {
    ...{ kind: 'histogram', name: 'rpc.peer.duration', unit: 'seconds', help },
    ...{ open: { label: 'peerType', most: 10 }, closed: codes },
  },
  revision: { kind: 'gauge', name: 'process.registryRevision', help },
  ...diskMeasures,
} as const satisfies MeasureTable;

/** A cluster of a gate, a connector and two chat servers, and the feed of its master. */
export class Watched implements Disposable {
  readonly bench = new Bench([
    entry('gate-1'),
    entry('connector-1', { host: '10.0.0.2' }),
    entry('chat-1', { autoRestart: true }),
    entry('chat-2'),
  ]);
  readonly feed: Feed;
  /** What the connector measures. */
  readonly measures = new Measures();
  readonly handles = this.measures.makeAll(table);
  /** Which change of the registry the connector has heard of, when that is not the last one. */
  heard: number | undefined;
  /** Clients of the connector. */
  online = 412;
  /** What the master counts of itself. */
  counts = { signInFailures: 300, auditUnwritten: 2 };
  /** Of the master. */
  disks: readonly Disk[] = [];
  store: SharedStore | undefined;
  readonly notes: ConfigNotes;
  readonly acting: Acting;
  readonly shutOut: Record<string, string> = {};
  operations: ConstructorParameters<typeof Feed>[0]['operations'] = () => [];

  private constructor() {
    const { hub, supervisor, clock } = this.bench;
    const wallTime = () => 1_700_000_000_000 + clock.now();
    this.acting = new Acting(clock);
    this.notes = new ConfigNotes({ master: 'master-1', wallTime });
    this.feed = new Feed({
      ...{ hub, clock, env: 'production', matcher: linearMatcher },
      records: () => supervisor.records,
      operations: () => this.operations(),
      configured: () => this.notes.all,
      actingOn: (id) => this.acting.on(id),
      counts: () => this.counts,
      certificates: () => [],
      host: '10.0.0.1',
      disks: () => this.disks,
      store: () => this.store,
      clocks: () => [],
      shutsOut: (host) => this.shutOut[host],
      leader: () => ({ id: 'master-1', host: '10.0.0.1', term: 3 }),
      wallTime,
    });
  }

  static async up(): Promise<Watched> {
    const watched = new Watched();
    const { bench } = watched;
    await bench.start('gate-1', 'connector-1', 'chat-1', 'chat-2');
    const link = bench.launcher.lives['connector-1']!.at(-1)!.link!;
    link.setStats(() => ({ connections: watched.online }));
    watched.handles.diskFree.logs.set(1e12);
    watched.handles.diskFree.state.set(Number.NaN);
    link.tellMeasures(watched.measures);
    await watched.pass(3);
    return watched;
  }

  /** Lets seconds pass, in each of which the connector answers so many requests. */
  async pass(
    seconds: number,
    requests = 0,
    took = 0.01,
    code: (typeof codeClasses)[number] = 'ok',
  ): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      for (let n = 0; n < requests; n++) this.handles.requests.of('chat.room.say')[code].observe(took);
      this.handles.revision.set(this.heard ?? this.bench.hub.registry.revision);
      await this.bench.pass(1000);
    }
  }

  /** Lets many seconds pass, two at once. */
  async leap(seconds: number): Promise<void> {
    this.handles.revision.set(this.heard ?? this.bench.hub.registry.revision);
    await this.bench.pass(seconds * 1000, 2000);
  }

  page(query: Partial<ViewQuery> = {}): Page {
    return this.feed.page({ ...usualQuery, ...query });
  }

  cells(key: string, query: Partial<ViewQuery> = {}) {
    return this.page(query).rows.find((row) => row.key === key)?.cells;
  }

  /** What is wrong, and since how many seconds. */
  get problems() {
    const { at, summary } = this.page();
    return summary.problems.map(({ severity, about, what, since }) => [
      ...[severity, about, what],
      Math.round((at - since) / 1000),
    ]);
  }

  [Symbol.dispose](): void {
    this.feed.close();
    this.bench[Symbol.dispose]();
  }
}
