import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import {
  type Clock,
  type Logger,
  Measures,
  newBootId,
  PomeloError,
  reasonOf,
  silentLogger,
  systemClock,
} from '@pomelo-ts/common';
import type { BlacklistChange } from './blacklist.js';
import { Absences } from './hub/absences.js';
import { Connections } from './hub/connections.js';
import { Heartbeats } from './hub/heartbeats.js';
import type { LinkHubEvents, LinkHubOptions, ServerHandler } from './hub/hub-options.js';
import { roleByKey, serveOperator } from './hub/operator-link.js';
import type { ServerLink, ServerLinkEvents } from './hub/server-link.js';
import { ServerPlaces } from './hub/server-places.js';
import { Settling } from './hub/settling.js';
import type { LinkIdentity } from './keys.js';
import { answerTo } from './link/asking.js';
import { errorDataOf } from './link/asking-master.js';
import { encodedJson, type LinkChannel } from './link/channel.js';
import type { Dialer } from './link/handshake.js';
import type { ServerMessage, ServerStats } from './link/messages.js';
import { linkBeats } from './link/watch-silence.js';
import { linkMeasures } from './link-measures.js';
import { heard } from './master-link/own-answers.js';
import { ClusterMeasures } from './measures/cluster-measures.js';
import { ToldMeasures } from './measures/told-measures.js';
import type { Reach } from './registry/reach.js';
import { entryFrom, Registry } from './registry.js';

/**
 * The master's end of all links: lets in who has proved a key, gives servers their settings when told to, keeps the
 * registry and tells everybody about it.
 */
export class LinkHub extends EventEmitter<LinkHubEvents> {
  readonly registry = new Registry(newBootId());
  /** All that this master measures, but what its listener does. */
  readonly measures = new Measures();
  /** Of those who have proved a key. */
  readonly counters = this.measures.makeAll(linkMeasures);
  /** What the servers measure. */
  readonly told = new ClusterMeasures();
  readonly #options: LinkHubOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #connections: Connections;
  readonly #places: ServerPlaces;
  readonly #heartbeats: Heartbeats;
  readonly #stopTelling: () => void;
  readonly #absences: Absences;
  readonly #settling: Settling;
  #allStarted = false;
  #closed = false;

  constructor(options: LinkHubOptions) {
    super();
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    const { heartbeatMs, deadMs } = { ...linkBeats, ...options };
    this.#places = new ServerPlaces({
      ...(options.keysOf && { keysOf: options.keysOf }),
      serverIds: options.serverIds,
      notes: this.#notes,
      clock: this.#clock,
      beats: { heartbeatMs, deadMs },
      term: options.term ?? 0,
      events: this.#ofLinks(),
    });
    this.#absences = new Absences(this.#clock, options.lostMs ?? 5000);
    this.#connections = new Connections({
      counters: this.counters,
      clock: this.#clock,
      logger: this.#logger,
      met: (channel, dialer) => this.#meet(channel, dialer),
    });
    this.#heartbeats = new Heartbeats({
      clock: this.#clock,
      heartbeatMs,
      links: this.#places.links,
      registry: this.registry,
      tellLoads: (loads) => this.#places.tellAdmitted({ t: 'loads', loads }),
    });
    this.#stopTelling = this.registry.onDelta((delta) => this.#places.tellAdmitted({ t: 'delta', delta }));
    this.#settling = new Settling(this.#clock, options.settleMs ?? 5000, () =>
      this.#places.tellAdmitted({ t: 'settled' }),
    );
  }

  /** Serves a connection of `who`, as it has proved to be; `from` names it in messages. */
  accept(stream: Duplex, who: LinkIdentity, from = 'a connection'): void {
    this.#connections.accept(stream, who, from);
  }

  /** Lets these servers have their settings, now or when they join. */
  admit(...ids: string[]): void {
    for (const id of ids) {
      this.#places.welcome.admit(id);
      const link = this.#places.of(id);
      if (link?.facts && !link.admitted) this.#admitLink(link);
    }
  }

  /** Tells all servers that the whole start is done, and each that joins later. */
  allStarted(): void {
    this.#allStarted = true;
    this.#places.tellAdmitted({ t: 'allStarted' });
  }

  /** Makes these servers wait again when they next join, until {@link admit}. */
  hold(...ids: string[]): void {
    for (const id of ids) this.#places.welcome.hold(id);
  }

  /** Only this life of the server is welcome from now on; a present other one is told to stop when it joins. */
  expect(id: string, bootId: string): void {
    this.#places.welcome.expect(id, bootId);
  }

  /** These servers have left the topology: who still has a link as one of them is refused. */
  forget(...ids: string[]): void {
    for (const id of ids) {
      this.#places.forget(id);
      this.told.end(id);
      const link = this.#places.of(id);
      if (!link) continue;
      this.registry.remove(id, link.bootId);
      link.refuse('it was removed from the topology');
    }
  }

  /** This life of the server has no place any more, nor any other until {@link expect} names it. */
  expel(id: string, bootId: string): void {
    this.#places.welcome.expect(id, undefined);
    const link = this.#places.of(id);
    this.registry.remove(id, bootId);
    if (link?.bootId === bootId) link.refuse('the master has given it up');
  }

  /** Tells these servers their present settings, and all others what of them is in the registry. */
  retell(...ids: string[]): void {
    for (const id of ids) {
      const link = this.#places.of(id);
      const settings = this.#options.settingsOf(id);
      if (!link?.facts || !settings) continue;
      this.#publish(link);
      if (link.admitted) link.send({ t: 'settings', settings });
    }
  }

  /** Tells all servers their keys anew, after the secret has changed; gives how many were told. */
  rekey(): number {
    return this.#places.tellKeys();
  }

  /** Tells all frontends what has changed of the blacklist; gives those that were told. One that joins later hears all of it. */
  tellBlacklist(change: BlacklistChange): readonly string[] {
    const told = [...this.#places.links.values()].filter(
      ({ id, admitted }) => admitted && this.#isFrontend(id),
    );
    for (const link of told) link.send({ t: 'blacklist', ...change });
    return told.map(({ id }) => id);
  }

  /** Resolves once a server has heard all that it was told before. @throws SERVER_SILENT, SERVER_COMMAND_FAILED */
  heard(id: string, timeoutMs: number): Promise<void> {
    return this.ask(id, heard, {}, timeoutMs, () => {});
  }

  /** This life of the server was stopped on purpose: should it come back, as its host was cut off, it is told to stop. */
  dismiss(id: string, bootId: string): void {
    this.#places.welcome.dismiss(id, bootId);
  }

  /** Resolves when those servers of a former master that live have had their time to come back. */
  whenSettled(): Promise<void> {
    return this.#settling.whenSettled();
  }

  /** Whether this life of the server has a link now. */
  isLinked(id: string, bootId: string): boolean {
    return this.#places.of(id)?.bootId === bootId;
  }

  /** Lets a server be sent new work, or has it keep to what it has; false when it has no link. Its entry tells when it has heard. */
  takeNew(id: string, takes: boolean): boolean {
    return this.#places.tell(id, { t: 'takeNew', takes });
  }

  /** Tells a server to stop; false when it has no link. */
  stop(id: string, deadlineMs: number): boolean {
    return this.#places.tell(id, { t: 'stop', deadlineMs });
  }

  /**
   * Has a server carry out a command of its own; see `MasterLink.onCommand`.
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
    const link = this.#places.of(id);
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

  /** As {@link ask}, for what stops the whole server meanwhile: until it is answered, or its time is over, silence is no sign of its end. */
  async askPausing<T>(...asked: [string, string, unknown, number, (answer: unknown) => T]): Promise<T> {
    const heed = this.#places.of(asked[0])?.allowSilence();
    try {
      return await this.ask(...asked);
    } finally {
      heed?.();
    }
  }

  /** What a server last told of itself. */
  statsOf(id: string): ServerStats | undefined {
    return this.#places.of(id)?.stats;
  }

  /** The sums of what the servers of each type measure and have measured; of gauges, of those that have a link. */
  measuresByType(): ReadonlyMap<string, ToldMeasures> {
    return this.told.byType((id) => this.#places.of(id) !== undefined);
  }

  /** Whom a server cannot reach, by its own word. */
  reachOf(id: string): Reach | undefined {
    return this.#places.of(id)?.reach;
  }

  /** A server's process has ended: its entry goes at once, before the link's end is seen. */
  ended(id: string, bootId: string): void {
    if (this.registry.remove(id, bootId)) this.#absences.end(id);
    const link = this.#places.of(id);
    if (link?.bootId === bootId) link.close('its process has ended');
    this.emit('serverEnded', { id, bootId });
  }

  /** Ends all links. Servers live on and dial again. */
  close(): void {
    this.#closed = true;
    this.#heartbeats.stop();
    this.#stopTelling();
    this.#settling.close();
    this.#absences.close();
    this.#connections.close();
  }

  #meet(channel: LinkChannel, dialer: Dialer): void {
    const role = roleByKey[dialer.role];
    if (role) serveOperator(channel, role, this.#options.onOperator, this.#notes);
    else this.#places.meet(channel, dialer);
  }

  #ofLinks(): ServerLinkEvents {
    return {
      joined: (link) => this.#join(link),
      reported: (link, report) => this.#report(link, report),
      asked: (link, question) => this.#answer(link, question),
      reachChanged: (link) => this.#publish(link),
      resync: (link) => link.sendEncoded(encodedJson(`{"t":"snapshot","snapshot":${this.#snapshot}}`)),
      measuresOf: (link) => this.#measuresOf(link),
      closed: (link, error) => this.#lose(link, error),
      mayTell: this.#options.leads ?? (() => true),
    };
  }

  #join(link: ServerLink): void {
    const { id, bootId } = link;
    const { pid, state } = link.facts!;
    const back = link.admitted;
    this.#absences.end(id);
    this.#measuresOf(link); // from here on those of a former life are not its own
    this.#publish(link);
    if (back || this.#places.welcome.isAdmitted(id)) this.#admitLink(link);
    this.emit('serverJoined', { id, bootId, pid, state, back, external: link.external });
    if (!this.#settling.settled && this.#allHaveJoined()) this.#settling.end();
  }

  /** One that has a link and has not said its state yet is not in the registry: others would take it for gone. */
  #allHaveJoined(): boolean {
    const joined = [...this.#places.links.values()].filter(({ facts }) => facts);
    return joined.length === this.#options.serverIds().length;
  }

  async #answer(link: ServerLink, { n, command, args }: Extract<ServerMessage, { t: 'ask' }>): Promise<void> {
    const { onServer = knowsNothing } = this.#options;
    const told = await answerTo(n, () => onServer(link.id, link.bootId, command, args), errorDataOf);
    link.send({ t: 'told', ...told });
  }

  #admitLink(link: ServerLink): void {
    link.admitted = true;
    const settings = this.#options.settingsOf(link.id)!;
    const { blacklist } = this.#options;
    if (blacklist && settings.server.frontend)
      link.send({ t: 'blacklist', anew: true, add: blacklist(), remove: [] });
    const told = JSON.stringify(settings);
    link.sendEncoded(encodedJson(`{"t":"admitted","settings":${told},"snapshot":${this.#snapshot}}`));
    link.send({ t: 'loads', loads: this.#heartbeats.loads });
    if (this.#allStarted) link.send({ t: 'allStarted' });
  }

  /** Who is in the cluster, as JSON. */
  get #snapshot(): string {
    return this.registry.snapshotJson(this.#settling.settled);
  }

  #report(link: ServerLink, report: Extract<ServerMessage, { t: 'report' }>): void {
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

  #measuresOf(link: ServerLink): ToldMeasures {
    const type = this.#options.settingsOf(link.id)?.server.type;
    const present = type !== undefined && this.#places.has(link);
    return present ? this.told.lifeOf(link.id, link.bootId, type) : new ToldMeasures();
  }

  #lose(link: ServerLink, error: Error): void {
    if (this.#closed) return;
    const { id, bootId, left } = link;
    if (left) this.registry.remove(id, bootId);
    else if (this.registry.get(id)?.bootId === bootId)
      this.#absences.begin(id, () => this.registry.remove(id, bootId));
    this.emit('serverLost', { id, bootId, reason: error.message, left });
  }

  #isFrontend(id: string): boolean {
    return this.#options.settingsOf(id)?.server.frontend === true;
  }

  get #notes() {
    return { counters: this.counters, logger: this.#logger };
  }
}

const knowsNothing: ServerHandler = (_id, _bootId, command) => {
  throw new Error(`this master does not know the question ${command}`);
};
