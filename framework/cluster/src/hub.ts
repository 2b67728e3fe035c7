import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import {
  type Clock,
  Counters,
  type ErrorData,
  isPomeloError,
  type Logger,
  newBootId,
  PomeloError,
  silentLogger,
  systemClock,
} from '@pomelo-ts/common';
import { judge } from './hub/fence.js';
import { LoadRelay } from './hub/loads.js';
import { type OperatorHandler, serveOperator } from './hub/operator-link.js';
import { isFault, ServerLink } from './hub/server-link.js';
import { answerTo } from './link/asking.js';
import { errorDataOf } from './link/asking-master.js';
import { LinkChannel } from './link/channel.js';
import { type Dialer, receive } from './link/handshake.js';
import type { HubMessage, ServerMessage, ServerStats } from './link/messages.js';
import { linkBeats, watchSilence } from './link/watch-silence.js';
import { entryFrom, Registry, type ServerState } from './registry.js';
import type { ServerSettings } from './settings-types.js';

/** Settings of a {@link LinkHub}. */
export interface LinkHubOptions {
  readonly secret: string;
  /** Ids of all servers of the present topology. */
  serverIds(): readonly string[];
  /** What a server of the topology is told; undefined for an unknown id. */
  settingsOf(id: string): ServerSettings | undefined;
  /** Carries out the commands of operators. */
  readonly onOperator?: OperatorHandler;
  /** Carries out what a server asks of the master; what it throws is the server's answer. See `LinkAgent.ask`. */
  readonly onServer?: ServerHandler;
  /** @default 500 */
  readonly heartbeatMs?: number;
  /** Silence after which a link is dead. @default 2500 */
  readonly deadMs?: number;
  /** How long a server whose link broke keeps its place in the registry, unless its process has ended. @default 5000 */
  readonly lostMs?: number;
  /** How long a new master waits for servers of a former one before it calls them gone. @default 5000 */
  readonly settleMs?: number;
  /** Term of this master; servers refuse one that is lower than the highest they have seen. @default 0 */
  readonly term?: number;
  /** Whether this master leads now: while it does not, nobody is told anything. @default always */
  readonly leads?: () => boolean;
  /** Connections that may be unproved at once; one more ends the oldest of them. @default 1000 */
  readonly maxStrangers?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** Carries out what one life of a server asks of the master. */
export type ServerHandler = (id: string, bootId: string, command: string, args: unknown) => unknown;

/** Events of a {@link LinkHub}. */
export interface LinkHubEvents {
  serverJoined: [
    { id: string; bootId: string; pid: number; state: ServerState; back: boolean; external: boolean },
  ];
  serverReported: [{ id: string; bootId: string; state: ServerState; error: ErrorData | undefined }];
  /** `left` tells a goodbye from a break. */
  serverLost: [{ id: string; bootId: string; reason: string; left: boolean }];
  /** Its process has surely ended. */
  serverEnded: [{ id: string; bootId: string }];
}

/**
 * The master's end of all links: lets in who knows the secret, gives servers their settings when told to, keeps the
 * registry and tells everybody about it.
 */
export class LinkHub extends EventEmitter<LinkHubEvents> {
  readonly registry = new Registry(newBootId());
  /** `links`, `proofsWrong`, `faults`, `refusals`. */
  readonly counters = new Counters();
  readonly #options: LinkHubOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #admitted = new Set<string>();
  readonly #expected = new Map<string, string>();
  readonly #dismissed = new Map<string, string>();
  readonly #links = new Map<string, ServerLink>();
  readonly #channels = new Set<LinkChannel>();
  readonly #loads = new LoadRelay();
  readonly #undo: (() => void)[];
  /** Servers whose link broke, with what ends their time to come back. */
  readonly #absent = new Map<string, () => void>();
  /** Connections that have not proved themselves yet, the oldest first. */
  readonly #strangers = new Set<LinkChannel>();
  readonly #beats: { readonly heartbeatMs: number; readonly deadMs: number };
  #settled = false;
  readonly #awaitingSettled: (() => void)[] = [];
  #allStarted = false;
  #closed = false;

  constructor(options: LinkHubOptions) {
    super();
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    const { heartbeatMs, deadMs } = { ...linkBeats, ...options };
    this.#beats = { heartbeatMs, deadMs };
    this.#undo = [
      this.#clock.every(heartbeatMs, () => this.#beat()),
      watchSilence(this.#clock, heartbeatMs, {
        look: (now) => this.#endSilent(now),
        paused: (now) => {
          for (const { signs } of this.#links.values()) signs.paused(now);
        },
      }),
      this.registry.onDelta((delta) => this.#tellAdmitted({ t: 'delta', delta })),
      this.#clock.after(options.settleMs ?? 5000, () => this.#settle()),
    ];
  }

  /** Serves a connection somebody has opened; `from` names it in messages. */
  accept(stream: Duplex, from = 'a connection'): void {
    if (this.#closed) {
      stream.destroy();
      return;
    }
    this.counters.add('links');
    const channel = new LinkChannel(stream, from);
    this.#channels.add(channel);
    stream.once('close', () => this.#channels.delete(channel));
    this.#addStranger(channel);
    receive(channel, this.#options.secret, this.#clock, {
      done: (dialer) => {
        this.#strangers.delete(channel);
        if (dialer.role === 'operator') this.#serveOperator(channel);
        else this.#meet(channel, dialer);
      },
      failed: (error) => {
        this.#strangers.delete(channel);
        this.counters.add(isPomeloError(error, 'PROOF_WRONG') ? 'proofsWrong' : 'faults');
        const broken = isPomeloError(error, 'LINK_LOST'); // it may have been its end, not its fault
        this.#logger[broken ? 'debug' : 'warn']('A connection was refused.', { from, error });
      },
    });
  }

  /** Lets these servers have their settings, now or when they join. */
  admit(...ids: string[]): void {
    for (const id of ids) {
      this.#admitted.add(id);
      const link = this.#links.get(id);
      if (link?.facts && !link.admitted) this.#admitLink(link);
    }
  }

  /** Tells all servers that the whole start is done, and each that joins later. */
  allStarted(): void {
    this.#allStarted = true;
    this.#tellAdmitted({ t: 'allStarted' });
  }

  /** Makes these servers wait again when they next join, until {@link admit}. */
  hold(...ids: string[]): void {
    for (const id of ids) this.#admitted.delete(id);
  }

  /** Only this life of the server is welcome from now on; a present other one is told to stop when it joins. */
  expect(id: string, bootId: string): void {
    this.#expected.set(id, bootId);
  }

  /** These servers have left the topology: who still has a link as one of them is refused. */
  forget(...ids: string[]): void {
    for (const id of ids) {
      this.#admitted.delete(id);
      this.#expected.delete(id);
      const link = this.#links.get(id);
      if (!link) continue;
      this.registry.remove(id, link.bootId);
      link.refuse('it was removed from the topology');
    }
  }

  /** This life of the server has no place any more, nor any other until {@link expect} names it. */
  expel(id: string, bootId: string): void {
    this.#expected.set(id, 'nobody');
    const link = this.#links.get(id);
    this.registry.remove(id, bootId);
    if (link?.bootId === bootId) link.refuse('the master has given it up');
  }

  /** Tells these servers their present settings, and all others what of them is in the registry. */
  retell(...ids: string[]): void {
    for (const id of ids) {
      const link = this.#links.get(id);
      const settings = this.#options.settingsOf(id);
      if (!link?.facts || !settings) continue;
      this.#publish(link);
      if (link.admitted) link.send({ t: 'settings', settings });
    }
  }

  /** This life of the server was stopped on purpose: should it come back, as its host was cut off, it is told to stop. */
  dismiss(id: string, bootId: string): void {
    this.#dismissed.set(id, bootId);
  }

  /** Resolves when those servers of a former master that live have had their time to come back. */
  whenSettled(): Promise<void> {
    return this.#settled ? Promise.resolve() : new Promise((resolve) => this.#awaitingSettled.push(resolve));
  }

  /** Whether this life of the server has a link now. */
  isLinked(id: string, bootId: string): boolean {
    return this.#links.get(id)?.bootId === bootId;
  }

  /** Tells a server to stop; false when it has no link. */
  stop(id: string, deadlineMs: number): boolean {
    return this.#sendTo(id, { t: 'stop', deadlineMs });
  }

  /**
   * Has a server carry out a command of its own; see `LinkAgent.onCommand`.
   *
   * @throws SERVER_COMMAND_FAILED with its reason, also when it has no link or does not answer in time
   */
  ask(id: string, command: string, args: unknown, timeoutMs: number): Promise<unknown> {
    const link = this.#links.get(id);
    if (link) return link.asking.ask(command, args, timeoutMs);
    const reason = 'it has no link to the master';
    return Promise.reject(new PomeloError('SERVER_COMMAND_FAILED', { serverId: id, command, reason }));
  }

  /** What a server last told of itself. */
  statsOf(id: string): ServerStats | undefined {
    return this.#links.get(id)?.stats;
  }

  /** A server's process has ended: its entry goes at once, before the link's end is seen. */
  ended(id: string, bootId: string): void {
    if (this.registry.remove(id, bootId)) this.#present(id);
    const link = this.#links.get(id);
    if (link?.bootId === bootId) link.close('its process has ended');
    this.emit('serverEnded', { id, bootId });
  }

  /** Ends all links. Servers live on and dial again. */
  close(): void {
    this.#closed = true;
    for (const undo of [...this.#undo, ...this.#absent.values()]) undo();
    for (const channel of this.#channels) channel.close();
  }

  /** So that idle strangers never keep out whoever knows the secret: it proves itself at once. */
  #addStranger(channel: LinkChannel): void {
    const [oldest] = this.#strangers;
    if (oldest && this.#strangers.size >= (this.#options.maxStrangers ?? 1000)) {
      this.counters.add('refusals');
      oldest.close(oldest.lost('too many connections prove nothing'));
    }
    this.#strangers.add(channel);
  }

  #serveOperator(channel: LinkChannel): void {
    channel.onClosed = (error) => this.#noteFault(error);
    serveOperator(channel, this.#options.onOperator);
  }

  #meet(channel: LinkChannel, dialer: Dialer): void {
    const { heartbeatMs, deadMs } = this.#beats;
    const lifeSigns = { heartbeatMs, silentMs: deadMs };
    const link = new ServerLink(channel, dialer, this.#clock, lifeSigns, {
      joined: (joiner) => this.#join(joiner),
      reported: (reporter, report) => this.#report(reporter, report),
      asked: (asker, question) => void this.#answer(asker, question),
      resync: (asker) => asker.send({ t: 'snapshot', snapshot: this.registry.snapshot(this.#settled) }),
      closed: (closed, error) => this.#lose(closed, error),
      mayTell: this.#options.leads ?? (() => true),
    });
    const { id, bootId } = link;
    const verdict = judge(bootId, {
      known: this.#options.serverIds().includes(id),
      expected: this.#expected.get(id),
      dismissed: this.#dismissed.get(id),
      holder: this.#links.get(id)?.bootId,
    });
    if ('refuse' in verdict) {
      this.counters.add('refusals');
      this.#logger.warn('A server was refused.', { serverId: id, bootId, reason: verdict.refuse });
      link.refuse(verdict.refuse);
      return;
    }
    if (verdict.fence) this.#links.get(id)!.refuse(`a newer process has this id (boot id ${bootId})`);
    else this.#links.get(id)?.close('it has dialed again');
    this.#links.set(id, link);
    link.send({ t: 'accepted', ...this.#beats, term: this.#options.term ?? 0 });
  }

  #join(link: ServerLink): void {
    const { id, bootId } = link;
    const { pid, state } = link.facts!;
    const back = link.admitted;
    this.#present(id);
    this.#publish(link);
    if (back || this.#admitted.has(id)) this.#admitLink(link);
    this.emit('serverJoined', { id, bootId, pid, state, back, external: link.external });
    if (!this.#settled && this.#links.size === this.#options.serverIds().length) this.#settle();
  }

  async #answer(link: ServerLink, { n, command, args }: Extract<ServerMessage, { t: 'ask' }>): Promise<void> {
    if (this.#links.get(link.id) !== link) return; // another life has its place
    const { onServer = knowsNothing } = this.#options;
    const told = await answerTo(n, () => onServer(link.id, link.bootId, command, args), errorDataOf);
    link.send({ t: 'told', ...told });
  }

  #admitLink(link: ServerLink): void {
    link.admitted = true;
    const settings = this.#options.settingsOf(link.id)!;
    link.send({ t: 'admitted', settings, snapshot: this.registry.snapshot(this.#settled) });
    link.send({ t: 'loads', loads: this.#loads.told });
    if (this.#allStarted) link.send({ t: 'allStarted' });
  }

  #report(link: ServerLink, report: Extract<ServerMessage, { t: 'report' }>): void {
    if (this.#links.get(link.id) !== link) return;
    this.#publish(link);
    const { state, error } = report;
    this.emit('serverReported', { id: link.id, bootId: link.bootId, state, error });
  }

  #publish(link: ServerLink): void {
    const settings = this.#options.settingsOf(link.id);
    if (settings) this.registry.put(entryFrom(settings.server, link.facts!)); // it may just have been removed
  }

  #lose(link: ServerLink, error: Error): void {
    this.#noteFault(error);
    if (this.#links.get(link.id) !== link) return;
    this.#links.delete(link.id);
    if (this.#closed) return;
    const { id, bootId, left } = link;
    if (left) this.registry.remove(id, bootId);
    else if (this.registry.get(id)?.bootId === bootId) this.#await(id, bootId);
    this.emit('serverLost', { id, bootId, reason: error.message, left });
  }

  /**
   * A broken link is no ended process: the server plays on and dials again. It keeps its place for a while, so that its
   * peers do not drop their connections to it.
   */
  #await(id: string, bootId: string): void {
    const giveUp = (): void => {
      this.#absent.delete(id);
      this.registry.remove(id, bootId);
    };
    this.#present(id);
    this.#absent.set(id, this.#clock.after(this.#options.lostMs ?? 5000, giveUp));
  }

  #present(id: string): void {
    this.#absent.get(id)?.();
    this.#absent.delete(id);
  }

  #noteFault(error: Error): void {
    if (isFault(error)) this.counters.add('faults');
  }

  #sendTo(id: string, message: HubMessage): boolean {
    const link = this.#links.get(id);
    link?.send(message);
    return link !== undefined;
  }

  #tellAdmitted(message: HubMessage): void {
    for (const link of this.#links.values()) if (link.admitted) link.send(message);
  }

  #beat(): void {
    const loads: Record<string, number> = {};
    for (const link of this.#links.values()) {
      link.send({ t: 'beat' });
      if (link.stats && this.registry.get(link.id)?.frontend) loads[link.id] = link.stats.connections;
    }
    const news = this.#loads.news(loads);
    if (news) this.#tellAdmitted({ t: 'loads', loads: news });
  }

  #endSilent(now: number): void {
    for (const link of [...this.#links.values()]) {
      const verdict = link.signs.verdict(now);
      if (verdict === 'silent') link.close('it was silent');
      else if (verdict === 'late') link.send({ t: 'ping' });
    }
  }

  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#tellAdmitted({ t: 'settled' });
    for (const resolve of this.#awaitingSettled.splice(0)) resolve();
  }
}

const knowsNothing: ServerHandler = (_id, _bootId, command) => {
  throw new Error(`this master does not know the question ${command}`);
};
