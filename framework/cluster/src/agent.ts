import {
  type Clock,
  type ErrorData,
  isPomeloError,
  type Logger,
  PomeloError,
  reasonOf,
  silentLogger,
  systemClock,
} from '@pomelo-ts/common';
import { briefError } from '@pomelo-ts/common/internal';
import { AllStarted } from './agent/all-started.js';
import { Dialing } from './agent/dialing.js';
import type { JoinOptions } from './agent/options.js';
import { ownAnswer } from './agent/own-answers.js';
import { StatsMeter } from './agent/own-stats.js';
import { Pulse } from './agent/pulse.js';
import type { MasterAddress } from './dial-masters.js';
import { type Asking, answerTo } from './link/asking.js';
import { askingMaster, errorDataOf, lost } from './link/asking-master.js';
import type { LinkChannel, Message } from './link/channel.js';
import type { HubMessage, ServerMessage } from './link/messages.js';
import { linkBeats } from './link/watch-silence.js';
import type { OwnStatsAndReach } from './registry/reach.js';
import { type Listening, RegistryCopy, type RegistryView, type ServerState } from './registry.js';
import type { ServerSettings } from './settings-types.js';

/** Settles {@link joinCluster}'s promise. */
interface Joining {
  resolve(agent: LinkAgent): void;
  reject(error: Error): void;
}

/**
 * A server's end of its link to the master. It dials again for ever when the link breaks, and keeps the last view of
 * the registry meanwhile. Made by {@link joinCluster}.
 */
export class LinkAgent {
  readonly #options: JoinOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #registry = new RegistryCopy((error) =>
    this.#logger.error('a listener for changes of the cluster failed', { error: briefError(error) }),
  );
  readonly #meter = new StatsMeter();
  readonly #loads = new Map<string, number>();
  readonly #asking: Asking;
  #own: () => OwnStatsAndReach = () => ({});
  #joining: Joining | undefined;
  #settings: ServerSettings | undefined;
  #channel: LinkChannel | undefined;
  /** The channel that carries its goodbye. */
  #leaving: LinkChannel | undefined;
  #state: ServerState = 'starting';
  #listening: Listening = {};
  /** Highest term of a master that this server has seen. */
  #term = 0;
  readonly #pulse: Pulse;
  readonly #dialing: Dialing;
  #closed = false;
  #handler = (command: string, _args: unknown): Promise<unknown> =>
    Promise.reject(new Error(`this server does not know the command ${command} (yet)`));
  readonly #allStarted = new AllStarted();

  /** @internal use {@link joinCluster} */
  constructor(options: JoinOptions, joining: Joining) {
    this.#options = options;
    this.#joining = joining;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#asking = askingMaster((message) => this.#send(message), this.#clock);
    this.#pulse = new Pulse(this.#clock, {
      beat: () => this.#tellStats(),
      late: () => this.#send({ t: 'ping' }),
      silent: () => this.#leave('it was silent'), // another master may lead by now
    });
    this.#dialing = new Dialing({
      options,
      clock: this.#clock,
      logger: this.#logger,
      opened: (channel) => this.#opened(channel),
      isHopeless: (error) => this.#isHopeless(error),
    });
    this.#dialing.begin();
  }

  /** What the master told this server. Renewed when the link is, and when an operator reloads the configuration. */
  get settings(): ServerSettings {
    return this.#settings!;
  }

  /** Who is in the cluster, as last heard. */
  get registry(): RegistryView {
    return this.#registry;
  }

  /** Clients connected to each frontend, as the master last told. */
  get loads(): ReadonlyMap<string, number> {
    return this.#loads;
  }

  /** Whether the master can be reached now. */
  get connected(): boolean {
    return this.#channel !== undefined;
  }

  /** Tells the master, now and after each reconnect, how this server is. */
  report(state: ServerState, more: { error?: ErrorData; listening?: Listening } = {}): void {
    this.#state = state;
    this.#listening = { ...this.#listening, ...more.listening };
    this.#send({ t: 'report', state, ...more });
  }

  /** Asks `fn` for this server's numbers, now and with each heartbeat. */
  setStats(fn: () => OwnStatsAndReach): void {
    this.#own = fn;
    this.#tellStats();
  }

  /** Calls `fn` once when all servers of the start are ready; at once when they were before. */
  onAllStarted(fn: () => void): void {
    this.#allStarted.wait(fn);
  }

  /** Has `handler` carry out what the master asks of this server; what it gives or throws is the answer. */
  onCommand(handler: (command: string, args: unknown) => Promise<unknown>): void {
    this.#handler = handler;
  }

  /**
   * Asks the master to carry out a command; resolves with its answer.
   *
   * @throws the master's own error, with its code; LINK_LOST when it cannot be reached or does not answer in time: then
   * whether it has done what was asked is not known.
   */
  ask(command: string, args: unknown, timeoutMs: number): Promise<unknown> {
    if (!this.#channel) return Promise.reject(lost('there is none'));
    return this.#asking.ask(command, args, timeoutMs);
  }

  /** Says goodbye and dials no more. */
  close(): void {
    this.#send({ t: 'bye' });
    this.#end();
    this.#leaving = this.#channel;
    this.#channel?.close();
  }

  /** After {@link close}: resolves when its goodbye is out. A process that exits before takes it back. */
  async whenGone(): Promise<void> {
    await this.#leaving?.whenGone();
  }

  #send(message: ServerMessage): void {
    this.#channel?.send(message);
  }

  #end(): void {
    this.#closed = true;
    this.#pulse.stop();
    this.#dialing.end();
  }

  /** Somebody who does not know our key, or refuses what we say, will do so later, too. */
  #isHopeless(error: Error): boolean {
    const last = isPomeloError(error, 'PROOF_WRONG') || isPomeloError(error, 'LINK_REFUSED');
    const wrong = last && this.#joining !== undefined;
    if (wrong) this.#fail(error);
    return wrong;
  }

  #opened(channel: LinkChannel): void {
    this.#channel = channel;
    channel.onHeard = () => this.#pulse.heard();
    channel.onMessage = (message) => this.#receive(message);
    channel.onClosed = (error) => this.#lost(error);
    this.#pulse.beatEvery(linkBeats);
    const { buildId, pid = process.pid, external = false } = this.#options;
    this.#send({
      t: 'join',
      pid,
      buildId,
      state: this.#state,
      listening: this.#listening,
      admitted: this.#settings !== undefined,
      ...(external && { external }),
    });
  }

  #lost(error: Error): void {
    this.#channel = undefined;
    this.#asking.lost(reasonOf(error));
    this.#pulse.stop();
    if (this.#closed) return;
    this.#logger.warn('The link to the master was lost; dialing again.', { error });
    this.#dialing.later();
  }

  /** Ends this link and looks for the master that leads. */
  #leave(reason: string, leader?: MasterAddress): void {
    this.#options.onMissed?.(leader);
    this.#channel?.close(this.#channel.lost(reason));
  }

  #tellStats(): void {
    this.#send({ t: 'stats', stats: this.#meter.measure(this.#own()) });
  }

  #receive(message: Message): void {
    const known = message as Message & HubMessage; // the master has proved itself
    switch (known.t) {
      case 'accepted':
        this.#accepted(known);
        break;
      case 'elsewhere':
        this.#leave('it does not lead', known.leader);
        break;
      case 'admitted':
        this.#admitted(known.settings, () => this.#registry.applySnapshot(known.snapshot));
        break;
      case 'settings':
        this.#settings = known.settings;
        break;
      case 'snapshot':
        this.#registry.applySnapshot(known.snapshot);
        break;
      case 'delta':
        if (!this.#registry.applyDelta(known.delta)) this.#send({ t: 'resync' });
        break;
      case 'keys':
        this.#options.onKeys?.(known.keys);
        break;
      case 'settled':
        this.#registry.settle();
        break;
      case 'allStarted':
        this.#allStarted.tell();
        break;
      case 'loads':
        this.#loads.clear();
        for (const [id, load] of Object.entries(known.loads)) this.#loads.set(id, load);
        break;
      case 'command':
        void this.#carryOut(known.n, known.command, known.args);
        break;
      case 'told':
        this.#asking.answered(known);
        break;
      case 'stop':
        this.#options.onStop(known.deadlineMs);
        break;
      case 'refused':
        this.#fail(new PomeloError('LINK_REFUSED', { serverId: this.#options.id, reason: known.reason }));
        break;
      case 'ping':
        this.#channel?.owe('beat', () => this.#send({ t: 'beat' }));
        break;
      case 'beat':
        break;
    }
  }

  async #carryOut(n: number, command: string, args: unknown): Promise<void> {
    const told = await answerTo(
      n,
      () => ownAnswer(command, args, this.#options) ?? this.#handler(command, args),
      errorDataOf,
    );
    this.#send({ t: 'answer', ...told });
  }

  /** A master that was replaced may not know it yet; what it says must change nothing. */
  #accepted({ term, heartbeatMs, deadMs }: Extract<HubMessage, { t: 'accepted' }>): void {
    if (term < this.#term) {
      const cure =
        'if no other master leads, a clock was ahead when that one began: pomelo-ts kill, and start again';
      this.#leave(`its term ${term} is over: a master of term ${this.#term} has led since; ${cure}`);
      return;
    }
    this.#term = term;
    this.#pulse.beatEvery({ heartbeatMs, deadMs });
  }

  #admitted(settings: ServerSettings, applySnapshot: () => void): void {
    this.#dialing.succeeded();
    this.#settings = settings;
    applySnapshot();
    this.#joined()?.resolve(this);
  }

  /** Who waits for the end of the joining, unless that has come before. */
  #joined(): Joining | undefined {
    const joining = this.#joining;
    this.#joining = undefined;
    return joining;
  }

  /** Ends this agent for a reason that dialing again cannot cure. */
  #fail(error: PomeloError): void {
    this.#end();
    this.#channel?.close(error);
    const joining = this.#joined();
    if (joining) joining.reject(error);
    else this.#options.onRefused?.(error);
  }

  /** @internal gives up before the master has admitted this server. */
  abandon(reason: unknown): void {
    const joining = this.#joined();
    if (!joining) return;
    this.close();
    joining.reject(reason instanceof Error ? reason : new Error(String(reason)));
  }
}

/**
 * Joins the cluster: dials the master until it answers (any start order works), and
 * waits until the master admits this server. Resolves with settings and registry at hand.
 *
 * @throws PROOF_WRONG when the master does not take our key; LINK_REFUSED when it has no place for this id or life.
 */
export function joinCluster(options: JoinOptions): Promise<LinkAgent> {
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted();
    const agent = new LinkAgent(options, { resolve, reject });
    options.signal?.addEventListener('abort', () => agent.abandon(options.signal?.reason), { once: true });
  });
}
