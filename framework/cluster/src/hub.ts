import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import {
  type Clock,
  Counters,
  type Logger,
  newBootId,
  PomeloError,
  reasonOf,
  silentLogger,
  systemClock,
} from '@pomelo-ts/common';
import { Absences } from './hub/absences.js';
import { Connections } from './hub/connections.js';
import { noteFault } from './hub/faults.js';
import type { LinkHubEvents, LinkHubOptions, ServerHandler } from './hub/hub-options.js';
import { LoadRelay } from './hub/loads.js';
import { serveOperator } from './hub/operator-link.js';
import { SecondDials } from './hub/second-dials.js';
import { ServerLink } from './hub/server-link.js';
import { ToldKeys } from './hub/told-keys.js';
import { Welcome } from './hub/welcome.js';
import type { LinkIdentity } from './keys.js';
import { answerTo } from './link/asking.js';
import { errorDataOf } from './link/asking-master.js';
import type { LinkChannel } from './link/channel.js';
import type { Dialer } from './link/handshake.js';
import type { HubMessage, ServerMessage, ServerStats } from './link/messages.js';
import { linkBeats, watchSilence } from './link/watch-silence.js';
import type { Reach } from './registry/reach.js';
import { entryFrom, Registry } from './registry.js';

/**
 * The master's end of all links: lets in who has proved a key, gives servers their settings when told to, keeps the
 * registry and tells everybody about it.
 */
export class LinkHub extends EventEmitter<LinkHubEvents> {
  readonly registry = new Registry(newBootId());
  /**
   * Of those who have proved a key: `links`; `refusals`; `faults`, what cannot be read; `unread`, who did not read; `secondDials`, dials of
   * a server whose link lived.
   */
  readonly counters = new Counters();
  readonly #options: LinkHubOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #connections: Connections;
  readonly #welcome = new Welcome();
  readonly #links = new Map<string, ServerLink>();
  readonly #loads = new LoadRelay();
  readonly #secondDials: SecondDials;
  readonly #keys: ToldKeys;
  readonly #undo: (() => void)[];
  readonly #absences: Absences;
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
    this.#secondDials = new SecondDials(this.#notes);
    this.#keys = new ToldKeys(options.keysOf, this.#logger);
    this.#absences = new Absences(this.#clock, options.lostMs ?? 5000);
    this.#connections = new Connections({
      counters: this.counters,
      clock: this.#clock,
      logger: this.#logger,
      met: (channel, dialer) => this.#meet(channel, dialer),
    });
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

  /** Serves a connection of `who`, as it has proved to be; `from` names it in messages. */
  accept(stream: Duplex, who: LinkIdentity, from = 'a connection'): void {
    this.#connections.accept(stream, who, from);
  }

  /** Lets these servers have their settings, now or when they join. */
  admit(...ids: string[]): void {
    for (const id of ids) {
      this.#welcome.admit(id);
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
    for (const id of ids) this.#welcome.hold(id);
  }

  /** Only this life of the server is welcome from now on; a present other one is told to stop when it joins. */
  expect(id: string, bootId: string): void {
    this.#welcome.expect(id, bootId);
  }

  /** These servers have left the topology: who still has a link as one of them is refused. */
  forget(...ids: string[]): void {
    for (const id of ids) {
      this.#welcome.forget(id);
      this.#keys.forget(id);
      const link = this.#links.get(id);
      if (!link) continue;
      this.registry.remove(id, link.bootId);
      link.refuse('it was removed from the topology');
    }
  }

  /** This life of the server has no place any more, nor any other until {@link expect} names it. */
  expel(id: string, bootId: string): void {
    this.#welcome.expect(id, undefined);
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

  /** Tells all servers their keys anew, after the secret has changed; gives how many were told. */
  rekey(): number {
    for (const link of this.#links.values()) this.#keys.tell(link);
    return this.#links.size;
  }

  /** This life of the server was stopped on purpose: should it come back, as its host was cut off, it is told to stop. */
  dismiss(id: string, bootId: string): void {
    this.#welcome.dismiss(id, bootId);
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
   * @param read makes of the answer what it must be, and throws on anything else: the server may have been taken over
   * @throws SERVER_COMMAND_FAILED with its reason; SERVER_SILENT when it has no link, loses it, or does not answer in time
   */
  async ask<T>(
    id: string,
    command: string,
    args: unknown,
    timeoutMs: number,
    read: (answer: unknown) => T,
  ): Promise<T> {
    const link = this.#links.get(id);
    const facts = (reason: string) => ({ serverId: id, command, reason });
    if (!link) throw new PomeloError('SERVER_SILENT', facts('it has no link to the master'));
    const answer = await link.asking.ask(command, args, timeoutMs);
    try {
      return read(answer);
    } catch (error) {
      const reason = `its answer makes no sense: ${reasonOf(error)}`;
      throw new PomeloError('SERVER_COMMAND_FAILED', facts(reason));
    }
  }

  /** What a server last told of itself. */
  statsOf(id: string): ServerStats | undefined {
    return this.#links.get(id)?.stats;
  }

  /** Whom a server cannot reach, by its own word. */
  reachOf(id: string): Reach | undefined {
    return this.#links.get(id)?.reach;
  }

  /** A server's process has ended: its entry goes at once, before the link's end is seen. */
  ended(id: string, bootId: string): void {
    if (this.registry.remove(id, bootId)) this.#absences.end(id);
    const link = this.#links.get(id);
    if (link?.bootId === bootId) link.close('its process has ended');
    this.emit('serverEnded', { id, bootId });
  }

  /** Ends all links. Servers live on and dial again. */
  close(): void {
    this.#closed = true;
    for (const undo of this.#undo) undo();
    this.#absences.close();
    this.#connections.close();
  }

  #meet(channel: LinkChannel, dialer: Dialer): void {
    if (dialer.role === 'operator') {
      serveOperator(channel, this.#options.onOperator, this.#notes);
    } else this.#meetServer(channel, dialer);
  }

  #meetServer(channel: LinkChannel, dialer: Dialer): void {
    const present = this.#links.get(dialer.id);
    if (present?.bootId === dialer.bootId)
      void this.#secondDials.compare(present, channel, dialer, () => this.#takeServer(channel, dialer));
    else this.#takeServer(channel, dialer);
  }

  #takeServer(channel: LinkChannel, dialer: Dialer): void {
    const { heartbeatMs, deadMs } = this.#beats;
    const lifeSigns = { heartbeatMs, silentMs: deadMs };
    const link = new ServerLink(channel, dialer, this.#clock, lifeSigns, {
      joined: (joiner) => this.#join(joiner),
      reported: (reporter, report) => this.#report(reporter, report),
      asked: (asker, question) => this.#answer(asker, question),
      reachChanged: (link) => {
        if (this.#links.get(link.id) === link) this.#publish(link);
      },
      resync: (asker) => asker.send({ t: 'snapshot', snapshot: this.registry.snapshot(this.#settled) }),
      closed: (closed, error) => this.#lose(closed, error),
      mayTell: this.#options.leads ?? (() => true),
    });
    const { id, bootId } = link;
    const known = this.#options.serverIds().includes(id);
    const verdict = this.#welcome.judge(id, bootId, known, this.#links.get(id)?.bootId);
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
    this.#keys.tellAgain(link); // the secret may have changed while it was away
  }

  #join(link: ServerLink): void {
    const { id, bootId } = link;
    const { pid, state } = link.facts!;
    const back = link.admitted;
    this.#absences.end(id);
    this.#publish(link);
    if (back || this.#welcome.isAdmitted(id)) this.#admitLink(link);
    this.emit('serverJoined', { id, bootId, pid, state, back, external: link.external });
    if (!this.#settled && this.#allHaveJoined()) this.#settle();
  }

  /** One that has a link and has not said its state yet is not in the registry: others would take it for gone. */
  #allHaveJoined(): boolean {
    const joined = [...this.#links.values()].filter(({ facts }) => facts);
    return joined.length === this.#options.serverIds().length;
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
    if (!settings) return; // it may just have been removed
    const cutFrom = link.reach?.cutFrom ?? [];
    this.registry.put({ ...entryFrom(settings.server, link.facts!), ...(cutFrom.length > 0 && { cutFrom }) });
  }

  #lose(link: ServerLink, error: Error): void {
    noteFault(this.#notes, error, { serverId: link.id });
    if (this.#links.get(link.id) !== link) return;
    this.#links.delete(link.id);
    if (this.#closed) return;
    const { id, bootId, left } = link;
    if (left) this.registry.remove(id, bootId);
    else if (this.registry.get(id)?.bootId === bootId)
      this.#absences.begin(id, () => this.registry.remove(id, bootId));
    this.emit('serverLost', { id, bootId, reason: error.message, left });
  }

  get #notes() {
    return { counters: this.counters, logger: this.#logger };
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
