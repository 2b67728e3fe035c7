import {
  type RegistryChange,
  type RegistryEntry,
  type RegistryView,
  serves,
  takesNew,
} from '@pomelo-ts/cluster';
import { delay, isPomeloError, Measures, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { type ClientLink, Origin } from '../../src/client-link.js';
import type { DirectoryCalls } from '../../src/directory/directory-requests.js';
import { UidDirectory } from '../../src/directory/uid-directory.js';
import { UidHomes } from '../../src/directory/uid-homes.js';
import type { PerUidPolicy } from '../../src/directory/uid-registrar.js';
import { coreMeasures } from '../../src/measures.js';
import type { ServiceMethod } from '../../src/service.js';
import type { FrontendSession } from '../../src/session/frontend-session.js';
import { SessionIds } from '../../src/session/session-ids.js';
import { SessionTable } from '../../src/session/session-table.js';
import type { Session } from '../../src/session.js';
import type { Uid } from '../../src/session-names.js';
import { UidTraces } from '../../src/uid-traces/uid-traces.js';

/* A cluster of nothing but directories: calls are function calls, which can be cut, lost and counted. */

/** One server's view of who is there. */
class View implements RegistryView {
  revision = 0;
  readonly entries = new Map<string, RegistryEntry>();
  readonly #listeners = new Set<(change: RegistryChange) => void>();

  get all(): readonly RegistryEntry[] {
    return [...this.entries.values()];
  }

  get(id: string): RegistryEntry | undefined {
    return this.entries.get(id);
  }

  ofType(type: string): readonly RegistryEntry[] {
    return this.all.filter((entry) => entry.type === type && serves(entry));
  }

  takingNew(type: string): readonly RegistryEntry[] {
    return this.all.filter((entry) => entry.type === type && takesNew(entry));
  }

  onChange(fn: (change: RegistryChange) => void): () => void {
    this.#listeners.add(fn);
    return () => this.#listeners.delete(fn);
  }

  put(entry: RegistryEntry): void {
    this.revision++;
    const known = this.entries.has(entry.id);
    this.entries.set(entry.id, entry);
    for (const fn of this.#listeners) fn(known ? { changed: entry } : { added: entry });
  }

  remove(id: string): void {
    const removed = this.entries.get(id);
    if (!removed) return;
    this.revision++;
    this.entries.delete(id);
    for (const fn of this.#listeners) fn({ removed });
  }
}

/** One frontend: its sessions, without acceptors, and its part of the directory. */
export class TestFrontend {
  readonly id: string;
  readonly bootId: string;
  readonly view = new View();
  readonly counters = new Measures().makeAll(coreMeasures);
  readonly directory: UidDirectory;
  readonly table: SessionTable;
  readonly methods: Readonly<Record<string, ServiceMethod>>;

  constructor(id: string, bootId: string, cluster: ClusterOfUids) {
    this.id = id;
    this.bootId = bootId;
    const calls: DirectoryCalls = {
      id,
      request: (serverId, method, args, options) =>
        cluster.call(this, serverId, method, args, options?.timeoutMs),
    };
    const { clock, policy } = cluster;
    const { counters } = this;
    this.directory = new UidDirectory({
      calls,
      registry: this.view,
      bootId,
      clock,
      counters,
      logger: silentLogger,
    });
    const nothing = () => {};
    const listener = {
      uidLeft: nothing,
      ready: nothing,
      linkLeft: nothing,
      message: nothing,
      closed: nothing,
      bound: nothing,
      unbound: nothing,
      taken: nothing,
      moved: (session: Session) => session,
      uidMoved: nothing,
    };
    const uids = this.directory.serve({
      policy,
      uids: () => table.uids(),
      of: (uid) => table.held(uid),
      lost: (uid, sessionId) => table.lost(uid, sessionId),
    });
    const table = new SessionTable({
      serverId: id,
      policy,
      registrar: uids,
      avoided: () => [],
      traces: new UidTraces(new FakeClock()),
      knownEnd: () => undefined,
      ids: new SessionIds(bootId),
      endListeners: [],
      listener,
      logger: silentLogger,
      counters,
    });
    this.table = table;
    this.methods = { ...this.directory.methods, ...uids.methods };
  }

  /** A client connects, and is bound to the uid; undefined when it is not. */
  async login(uid: Uid): Promise<FrontendSession | undefined> {
    const link: ClientLink = {
      address: '192.0.2.1',
      hostHeader: undefined,
      localAddress: undefined,
      queuedBytes: 0,
      answer: () => {},
      push: () => true,
      kick: (reason) => held.linkClosed(reason),
      drop: (reason) => held.linkClosed(reason),
    };
    const held = this.table.open(link, new Origin('192.0.2.1', '192.0.2.1', () => {}));
    const { session } = held;
    try {
      await session.bind(uid);
      return session;
    } catch (error) {
      if (!isPomeloError(error, 'SESSION_TAKEN')) throw error;
      held.linkClosed('not let in');
      return undefined;
    }
  }
}

/** Frontends that know each other, and what goes wrong between them. */
export class ClusterOfUids {
  readonly clock = new FakeClock();
  readonly policy: PerUidPolicy;
  readonly frontends = new Map<string, TestFrontend>();
  /** Calls so far, by method. */
  readonly calls = new Map<string, number>();
  /** Times that a home was told all anew. */
  resets = 0;
  /** Whether a call from one server to another fails. */
  isCut: (from: string, to: string) => boolean = () => false;
  /** A frontend that answers nobody but itself. */
  hung: string | undefined;
  #lives = 0;

  constructor(policy: PerUidPolicy) {
    this.policy = policy;
  }

  /** Adds a frontend that all know, and that knows all. */
  join(id: string): TestFrontend {
    const frontend = new TestFrontend(id, `life-${++this.#lives}`, this);
    this.frontends.set(id, frontend);
    for (const other of this.frontends.values()) {
      other.view.put(entryOf(frontend));
      frontend.view.put(entryOf(other));
    }
    return frontend;
  }

  /** A frontend ends without a word. */
  crash(id: string): void {
    const frontend = this.frontends.get(id)!;
    this.frontends.delete(id);
    frontend.directory.stop();
    for (const other of this.frontends.values()) other.view.remove(id);
  }

  async call(
    from: TestFrontend,
    to: string,
    method: string,
    args: readonly unknown[],
    timeoutMs = 0,
  ): Promise<unknown> {
    if (to !== from.id) this.calls.set(method, (this.calls.get(method) ?? 0) + 1);
    if (method === 'sys.directory.tell' && args[2] === true) this.resets++;
    const target = this.frontends.get(to);
    if (!target || this.frontends.get(from.id) !== from || this.#isCut(from.id, to))
      throw new Error(`${to} is not reached`);
    if (to === this.hung && to !== from.id) {
      await delay(timeoutMs, this.clock);
      throw new Error(`${to} did not answer`);
    }
    const copied = JSON.parse(JSON.stringify(args)) as unknown[];
    await undefined; // as over a network, what is called has its turn later
    const answer = await (target.methods[method] as (...args: unknown[]) => unknown)(...copied);
    if (this.#isCut(to, from.id)) throw new Error(`the answer of ${to} is lost`);
    return answer === undefined ? undefined : JSON.parse(JSON.stringify(answer));
  }

  /** Which frontend keeps the uid's entry. */
  homeOf(uid: Uid): string | undefined {
    return new UidHomes([...this.frontends.keys()]).homeOf(uid);
  }

  #isCut(from: string, to: string): boolean {
    return from !== to && this.isCut(from, to);
  }

  /** Settles what waits for time. */
  async settled<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const ended = work.finally(() => {
      done = true;
    });
    while (!done) await this.clock.letPass(50, 50);
    return ended;
  }

  /** Who is connected: the sessions of each uid, as their frontends know them. */
  get connected(): Map<Uid, string[]> {
    const all = new Map<Uid, string[]>();
    for (const { id, table } of this.frontends.values())
      for (const session of table.all())
        if (session.uid !== undefined)
          all.set(session.uid, [...(all.get(session.uid) ?? []), `${id} ${session.id}`].sort());
    return all;
  }

  /** What the directory says of these uids, asked at one frontend. */
  async told(by: TestFrontend, uids: Iterable<Uid>): Promise<Map<Uid, string[]>> {
    const found = await by.directory.find([...uids]);
    return new Map(
      [...found].map(([uid, places]) => [
        uid,
        places.map((place) => `${place.frontendId} ${place.sessionId}`).sort(),
      ]),
    );
  }
}

function entryOf({ id, bootId }: TestFrontend): RegistryEntry {
  return {
    id,
    bootId,
    type: 'connector',
    host: '127.0.0.1',
    frontend: true,
    weight: 1,
    buildId: 'b',
    pid: 1,
    state: 'ready',
    joined: 1,
    extra: {},
  };
}
