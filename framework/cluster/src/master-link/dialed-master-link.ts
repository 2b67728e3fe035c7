import {
  type Clock,
  type ErrorData,
  isPomeloError,
  type Logger,
  type Measures,
  PomeloError,
  reasonOf,
  silentLogger,
  systemClock,
} from '@pomelo-ts/common';
import { briefError } from '@pomelo-ts/common/internal';
import { Blacklist, type BlacklistView } from '../blacklist.js';
import type { MasterAddress } from '../dial-masters.js';
import { type Asking, answerTo } from '../link/asking.js';
import { askingMaster, errorDataOf, lost } from '../link/asking-master.js';
import type { LinkChannel, Message } from '../link/channel.js';
import type { HubMessage, ServerMessage } from '../link/messages.js';
import { Pulse } from '../link/pulse.js';
import { linkBeats } from '../link/watch-silence.js';
import { type CommandHandler, type MasterLink, noCommandsYet } from '../master-link.js';
import type { OwnStatsAndReach } from '../registry/reach.js';
import {
  type Listening,
  RegistryCopy,
  type RegistrySnapshot,
  type RegistryView,
  type ServerState,
} from '../registry.js';
import type { ServerSettings } from '../settings-types.js';
import { AllStarted } from './all-started.js';
import { Dialing } from './dialing.js';
import type { JoinOptions } from './join-options.js';
import { Joining, type JoiningPromise } from './joining.js';
import { ownAnswer } from './own-answers.js';
import { OwnNumbers } from './own-numbers.js';
import { OwnState } from './own-state.js';
import { ToldRegistry } from './told-registry.js';

/**
 * A server's end of a link to a master in another process. It dials again for ever when the link breaks, and keeps the last view of
 * the registry meanwhile. Made by `joinCluster`.
 */
export class DialedMasterLink implements MasterLink {
  readonly #options: JoinOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #registry = new RegistryCopy((error) =>
    this.#logger.error('a listener for changes of the cluster failed', { error: briefError(error) }),
  );
  readonly #toldRegistry = new ToldRegistry(() => this.#send({ t: 'resync' }));
  readonly #numbers = new OwnNumbers();
  #loads: ReadonlyMap<string, number> = new Map();
  readonly #asking: Asking;
  readonly #joining: Joining;
  #settings: ServerSettings | undefined;
  #channel: LinkChannel | undefined;
  /** The channel that carries its goodbye. */
  #leaving: LinkChannel | undefined;
  readonly #blacklist: Blacklist;
  readonly #state = new OwnState();
  /** Highest term of a master that this server has seen. */
  #term = 0;
  readonly #pulse: Pulse;
  readonly #dialing: Dialing;
  #closed = false;
  #handler: CommandHandler = noCommandsYet;
  readonly #allStarted = new AllStarted();

  constructor(options: JoinOptions, waiting: JoiningPromise) {
    this.#options = options;
    this.#joining = new Joining(waiting);
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#blacklist = new Blacklist(this.#clock);
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
    this.#toldRegistry.follow(this.#registry);
    this.#dialing.begin();
  }

  get settings(): ServerSettings {
    return this.#settings!;
  }

  get registry(): RegistryView {
    return this.#registry;
  }

  get loads(): ReadonlyMap<string, number> {
    return this.#loads;
  }

  get blacklist(): BlacklistView {
    return this.#blacklist;
  }

  get connected(): boolean {
    return this.#channel !== undefined;
  }

  report(state: ServerState, more: { error?: ErrorData; listening?: Listening } = {}): void {
    this.#state.report(state, more.listening);
    this.#send({ t: 'report', state: this.#state.told, ...more });
  }

  setStats(fn: () => OwnStatsAndReach): void {
    this.#numbers.setStats(fn);
    this.#tellStats();
  }

  tellMeasures(measures: Measures): void {
    this.#numbers.tellMeasures(measures);
  }

  onAllStarted(fn: () => void): void {
    this.#allStarted.wait(fn);
  }

  onCommand(handler: CommandHandler): void {
    this.#handler = handler;
  }

  ask(command: string, args: unknown, timeoutMs: number): Promise<unknown> {
    if (!this.#channel) return Promise.reject(lost('there is none'));
    return this.#asking.ask(command, args, timeoutMs);
  }

  close(): void {
    this.#send({ t: 'bye' });
    this.#end();
    this.#leaving = this.#channel;
    this.#channel?.close();
  }

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
    const wrong = last && !this.#joining.over;
    if (wrong) this.#fail(error);
    return wrong;
  }

  #opened(channel: LinkChannel): void {
    this.#channel = channel;
    this.#numbers.tellAnew();
    channel.onHeard = () => this.#pulse.heard();
    channel.onMessage = (message) => this.#receive(message);
    channel.onClosed = (error) => this.#lost(error);
    this.#pulse.beatEvery(linkBeats);
    const { buildId, pid = process.pid, external = false } = this.#options;
    this.#send({
      t: 'join',
      pid,
      buildId,
      state: this.#state.told,
      listening: this.#state.listening,
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
    if (this.#channel) this.#send(this.#numbers.next());
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
        this.#admitted(known.settings, known.snapshot);
        break;
      case 'settings':
        this.#settings = known.settings;
        break;
      case 'snapshot':
      case 'delta':
      case 'settled':
        this.#toldRegistry.receive(known);
        break;
      case 'keys':
        this.#options.onKeys?.(known.keys);
        break;
      case 'allStarted':
        this.#allStarted.tell();
        break;
      case 'loads':
        this.#loads = new Map(Object.entries(known.loads));
        break;
      case 'blacklist':
        this.#blacklist.apply(known);
        break;
      case 'command':
        void this.#carryOut(known.n, known.command, known.args);
        break;
      case 'told':
        this.#asking.answered(known);
        break;
      case 'takeNew':
        if (this.#state.takeNew(known.takes)) this.report('ready');
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

  #admitted(settings: ServerSettings, snapshot: RegistrySnapshot): void {
    this.#dialing.succeeded();
    this.#settings = settings;
    this.#toldRegistry.snapshot(snapshot);
    this.#joining.done(this);
  }

  /** Ends this link for a reason that dialing again cannot cure. */
  #fail(error: PomeloError): void {
    this.#end();
    this.#channel?.close(error);
    if (!this.#joining.failed(error)) this.#options.onRefused?.(error);
  }

  /** Gives up before the master has admitted this server; does nothing later. */
  abandon(reason: unknown): void {
    if (this.#joining.over) return;
    this.close();
    this.#joining.failed(reason instanceof Error ? reason : new Error(String(reason)));
  }
}
