import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { type Clock, PomeloError } from '@pomelo-ts/common';
import type { Disk } from '@pomelo-ts/common/internal';
import {
  clusterFigures,
  type Happening,
  type MakeMatcher,
  type Page,
  type Past,
  type PastSpan,
  type Problem,
  pastPoints,
  pastSpans,
  type ServerMeasures,
  type Summary,
  serverFigures,
  type ViewQuery,
  type Window,
} from '@pomelo-ts/views';
import type { OperationRow } from '../long-operations/kept-operation.js';
import { type AskedQuery, AskedViews, isAsked } from '../servers/asked-views.js';
import type { CertificateEnd } from '../servers/certificates.js';
import type { HostClock } from '../servers/host-clocks.js';
import { conditionOf } from '../servers/server-row.js';
import type { SharedStore } from '../servers/shared-store.js';
import { showEnd } from '../supervisor/server-end.js';
import type { ServerRecord } from '../supervisor/server-record.js';
import { type Around, aroundProblems } from './around-problems.js';
import { CallPast } from './call-past.js';
import type { Counted } from './counted.js';
import { CrashPast } from './crash-past.js';
import { FaultPast } from './fault-past.js';
import { FigurePast } from './figure-past.js';
import { type Figures, figuresOf } from './figures.js';
import { findProblems } from './find-problems.js';
import { Happenings } from './happenings.js';
import { Moment } from './moment.js';
import { type OwnCounts, OwnPast } from './own-past.js';
import { pageOf, readQuery } from './page-of.js';
import { PlayerPast } from './player-past.js';
import type { Players } from './player-problems.js';
import { Problems } from './problems.js';
import { readServer } from './reading.js';
import type { SeenServer } from './seen-server.js';
import { measuresOf } from './server-measures.js';
import { ratesOf, ServerPast } from './server-past.js';
import { serversView } from './views/servers-view.js';

/** What a {@link Feed} looks at. */
export interface FeedParts {
  readonly hub: LinkHub;
  records(): readonly ServerRecord[];
  operations(): readonly OperationRow[];
  /** When the configuration was changed, and what; oldest first. */
  configured(): readonly Happening[];
  /** The operation that changes a server now, or has just done so: `restart by ann`. */
  actingOn(id: string): string | undefined;
  readonly env: string;
  /** The master itself, as others are told of it. */
  leader(): { readonly id: string; readonly host: string; readonly term: number };
  /** What the master counts of itself. */
  counts(): OwnCounts;
  certificates(): readonly CertificateEnd[];
  clocks(): readonly HostClock[];
  /** The host of this master, and its disks. */
  readonly host: string;
  disks(): readonly Disk[];
  /** What masters share. */
  store(): SharedStore | undefined;
  /** The network on the blacklist that a host is in. */
  shutsOut(host: string): string | undefined;
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  wallTime(): number;
  /** Makes matchers of the regular expressions in filters. */
  readonly matcher: MakeMatcher;
}

/** Points of a figure, ten seconds apart, from ten minutes ago until now. */
const tenMinutes = 61;

type ServerFigure = (typeof serverFigures)[number];
type ClusterFigure = (typeof clusterFigures)[number];

/** What is remembered of a server. */
interface Remembered {
  readonly past: ServerPast;
  readonly crashes: CrashPast;
  readonly faults: FaultPast;
  readonly figures: FigurePast<ServerFigure>;
}

/** Most who watch at once. */
const mostWatchers = 200;
/** Most of one who asks: nobody takes the room of all others. */
const mostOfOne = 60;

/** Whether it goes on and has servers begin anew. */
const endsLives = ({ verb, endedAt }: OperationRow): boolean =>
  verb === 'servers.restart' && endedAt === undefined;

/** Time between two looks. */
const stepMs = 1000;

/**
 * Looks each second at what all servers have told, remembers what windows and charts need, and makes pages of views of that. Of 50 servers
 * that takes 8 MiB and about a thousandth of a processor.
 */
export class Feed {
  readonly #parts: FeedParts;
  readonly #servers = new Map<string, Remembered>();
  readonly #calls: CallPast;
  readonly #figures = new FigurePast(clusterFigures);
  readonly #happenings = new Happenings();
  readonly #problems = new Problems();
  readonly #own = new OwnPast();
  readonly #players = new PlayerPast();
  readonly #asked: AskedViews;
  readonly #stop: () => void;
  /** With who asks. */
  readonly #listeners = new Map<() => void, string | undefined>();
  #moment: Moment;

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#calls = new CallPast(parts.hub);
    this.#asked = new AskedViews(parts.hub, () => parts.clock.now());
    this.#moment = this.#look();
    this.#stop = parts.clock.every(stepMs, () => {
      this.#moment = this.#look();
      for (const fn of [...this.#listeners.keys()]) fn();
    });
  }

  /** The page that a query means, as of the last look. @throws VIEW_INVALID when its filter or column makes no sense */
  page(query: ViewQuery): Page {
    const { hub, operations, env, leader, matcher } = this.#parts;
    const past = this.#head();
    const toldBy = (id: string) => hub.told.of(id);
    return pageOf(query, this.#moment, { toldBy, operations, env, leader: leader(), past, matcher });
  }

  /** As {@link page}, also of views whose lines servers are asked for. @throws VIEW_INVALID */
  async read(query: ViewQuery): Promise<Page> {
    return isAsked(query) ? this.#readAsked(query) : this.page(query);
  }

  async #readAsked(query: AskedQuery): Promise<Page> {
    readQuery(query, this.#parts.matcher);
    const answered = await this.#asked.ask(query);
    return { ...this.page(query), at: this.#parts.wallTime(), ...answered };
  }

  /** Figures of a server, or of the whole cluster, as they were. @throws SERVER_NOT_IN_TOPOLOGY */
  past(span: PastSpan, id?: string): Past {
    const known = id === undefined ? this.#figures : this.#servers.get(id)?.figures;
    if (!known) throw this.#unknown(id!);
    const { points, stepSeconds } = pastSpans[span];
    const figures = known.over(span);
    const from = figures.at - points * stepSeconds * 1000;
    const configured = this.#parts.configured().filter(({ at }) => at >= from); // it may be why any server is as it is
    const happenings = [...this.#happenings.since(from, id), ...configured].sort((a, b) => a.at - b.at);
    return { ...figures, happenings };
  }

  /** What a server has told since it began. @throws SERVER_NOT_IN_TOPOLOGY */
  measures(id: string): ServerMeasures {
    if (!this.#servers.has(id)) throw this.#unknown(id);
    return measuresOf(this.#parts.hub.told.of(id));
  }

  /** What is wrong, as of the last look; the worst and then the oldest first. */
  get problems(): readonly Problem[] {
    return this.#problems.all;
  }

  /** Calls `fn` after each look; the returned function ends that. @param who one of whom there are not too many @throws VIEWS_FULL */
  onLook(fn: () => void, who?: string): () => void {
    if (this.#listeners.size >= mostWatchers) throw new PomeloError('VIEWS_FULL', { most: mostWatchers });
    const own = [...this.#listeners.values()].filter((other) => who !== undefined && other === who).length;
    if (own >= mostOfOne) throw new PomeloError('VIEWS_FULL', { most: mostOfOne });
    this.#listeners.set(fn, who);
    return () => this.#listeners.delete(fn);
  }

  close(): void {
    this.#stop();
    this.#listeners.clear();
  }

  #unknown(name: string): PomeloError {
    return new PomeloError('SERVER_NOT_IN_TOPOLOGY', { name, known: [...this.#servers.keys()].join(', ') });
  }

  #look(): Moment {
    const { clock, wallTime, records, counts } = this.#parts;
    const now = clock.now();
    const present = records();
    const rises = present.map((record) => this.#read(record, now));
    const ids = new Set(present.map(({ id }) => id));
    for (const id of this.#servers.keys()) if (!ids.has(id)) this.#servers.delete(id);
    this.#calls.add(now);
    const seen = (window: Window) => present.map((record) => this.#seen(record, window, now));
    const usual = seen('10s');
    this.#note(usual, present);
    const figures = this.#noteFigures(usual);
    const players = this.#playersOf(usual, figures, this.#players.add(now, rises));
    const own = this.#own.add(now, counts());
    return new Moment({
      at: wallTime(),
      figures,
      problems: this.#problems.note(
        [
          ...findProblems(usual, { own, players, revision: this.#parts.hub.registry.revision }),
          ...aroundProblems(this.#around(usual)),
        ],
        wallTime(),
      ),
      seen: (window) => (window === '10s' ? usual : seen(window)),
      calls: (window) => this.#calls.over(window, now),
    });
  }

  /** Remembers what a server tells; gives by how much its numbers have risen. */
  #read(record: ServerRecord, now: number): Counted {
    const { hub } = this.#parts;
    const { id, bootId, process } = record;
    let server = this.#servers.get(id);
    if (!server) {
      server = {
        past: new ServerPast(),
        crashes: new CrashPast(),
        faults: new FaultPast(),
        figures: new FigurePast(serverFigures),
      };
      this.#servers.set(id, server);
    }
    const stats = process && hub.statsOf(id);
    const told = stats && hub.told.of(id);
    // by a part of the numbers, the others would seem to have risen from 0 all at once
    const said =
      stats && told && told.whole !== false && bootId !== undefined
        ? readServer(bootId, told, stats)
        : undefined;
    server.past.add(now, said?.reading);
    server.crashes.note(record.restarts, now);
    return server.faults.note({ at: now, told: said && { ...said.counts, bootId: said.reading.bootId } });
  }

  #seen(record: ServerRecord, window: Window, now: number): SeenServer {
    const { past, crashes, faults } = this.#servers.get(record.id)!;
    const over = (one: Window) => {
      const happened = past.over(one);
      return happened && ratesOf(happened);
    };
    const latest = over('10s');
    return {
      row: conditionOf(record, this.#parts.hub, now),
      wanted: record.wanted,
      reading: past.reading,
      before: past.before(window),
      rates: window === '10s' ? latest : over(window),
      latest,
      lastMinute: over('1m'),
      ...(past.reading?.failingProbes && { shutOut: this.#parts.shutsOut(record.entry.host) }),
      faults: faults.over(now),
      crashes: crashes.recent,
      ...(record.end && record.end.kind !== 'stopped' && { crashed: showEnd(record.end) }),
    };
  }

  /** What the cluster stands on; a disk is told of by the servers that write to it, and by this master. */
  #around(seen: readonly SeenServer[]): Around {
    const { certificates, clocks, host: own, disks, store, wallTime } = this.#parts;
    const ofServers = seen.flatMap(({ row: { host }, reading }) => {
      const freeBytes = reading?.diskFree ?? undefined;
      return freeBytes === undefined ? [] : [{ host, disk: 'logs', freeBytes }];
    });
    const ofMaster = disks().flatMap(({ keeps: [disk], room }) =>
      room ? [{ host: own, disk, freeBytes: room.free }] : [],
    );
    return {
      ...{ certificates: certificates(), clocks: clocks(), at: wallTime() },
      ...{ disks: [...ofServers, ...ofMaster], store: store() },
    };
  }

  #playersOf(seen: readonly SeenServer[], { online }: Figures, counted: Counted): Players {
    const isDraining = seen.some(({ row }) => row.frontend && row.state === 'draining');
    const isRestarting = this.#parts.operations().some(endsLives);
    const [onlineBefore = null] = this.#figures.last('online', tenMinutes);
    return { online, onlineBefore, declared: isDraining || isRestarting, counted };
  }

  #noteFigures(seen: readonly SeenServer[]): Figures {
    const frontends = seen.filter(({ row }) => row.frontend);
    const online = frontends.reduce((sum, { reading }) => sum + (reading?.connections ?? 0), 0);
    const happened = frontends.flatMap(({ row }) => this.#servers.get(row.id)?.past.over('10s') ?? []);
    const figures = figuresOf(online, happened);
    this.#figures.add(this.#parts.wallTime(), figures);
    return figures;
  }

  /** Remembers how the servers are, for charts. */
  #note(seen: readonly SeenServer[], records: readonly ServerRecord[]): void {
    const at = this.#parts.wallTime();
    for (const { key, cells } of serversView(seen, () => 0))
      this.#servers.get(key)!.figures.add(at, cells as Record<ServerFigure, number | null>);
    const conditions = seen.map(({ row: { id, state, restarts, build = null } }, at) => {
      const { end } = records[at]!;
      const by = this.#parts.actingOn(id);
      return { id, state, restarts, build, end: end && showEnd(end), by };
    });
    this.#happenings.note(conditions, at);
  }

  /** What the head of a screen shows of the past. */
  #head(): Summary['past'] {
    const last = (name: ClusterFigure) => this.#figures.last(name, pastPoints);
    return {
      ...{ online: last('online'), requests: last('requests'), errors: last('errors') },
      ...{ p99: last('p99'), pushes: last('pushes') },
    };
  }
}
