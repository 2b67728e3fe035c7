import { type Clock, type ErrorData, type Logger, type Measures, reasonOf } from '@pomelo-ts/common';
import { briefError } from '@pomelo-ts/common/internal';
import { Blacklist } from '../../blacklist.js';
import { type Asking, answerTo, type Told } from '../../link/asking.js';
import { askingMaster, errorDataOf, lost } from '../../link/asking-master.js';
import { askingServer } from '../../link/asking-server.js';
import { AllStarted } from '../../master-link/all-started.js';
import { OwnState } from '../../master-link/own-state.js';
import { type CommandHandler, type MasterLink, noCommandsYet } from '../../master-link.js';
import type { OwnStatsAndReach } from '../../registry/reach.js';
import type { RegistrySource } from '../../registry/source.js';
import { type Listening, type ProcessFacts, RegistryCopy, type ServerState } from '../../registry.js';
import type { ServerSettings } from '../../settings-types.js';
import { carried } from './carried.js';

/** What a {@link MemoryMasterLink} calls of its master. */
export interface MemoryMasterSide {
  readonly source: RegistrySource;
  /** The line stands, for the first time or again. */
  joined(link: MemoryMasterLink): void;
  /** How the server is has changed; `error` is what has ended it. */
  reported(link: MemoryMasterLink, error: ErrorData | undefined): void;
  /** Carries out what the server asks; may throw. */
  answer(link: MemoryMasterLink, command: string, args: unknown): unknown;
  /** The server has said goodbye. */
  left(link: MemoryMasterLink): void;
}

/** One life of a server, as the master knows it. */
export type MemoryLife = Pick<ProcessFacts, 'bootId' | 'buildId' | 'pid'> & { readonly id: string };

/** A server's link to a master in the same process. What it sends and gets is copied, as if it had gone over a line. */
export class MemoryMasterLink implements MasterLink {
  readonly life: MemoryLife;
  readonly registry: RegistryCopy;
  loads: ReadonlyMap<string, number> = new Map();
  readonly blacklist: Blacklist;
  /** What the master asks this server. */
  readonly commands: Asking;
  settings: ServerSettings;
  connected = false;
  readonly #master: MemoryMasterSide;
  readonly #state = new OwnState();
  readonly #questions: Asking;
  readonly #allStarted = new AllStarted();
  #own: () => OwnStatsAndReach = () => ({});
  #measures: Measures | undefined;
  #handler: CommandHandler = noCommandsYet;
  #unfollow: () => void = () => {};
  #closed = false;

  constructor(
    life: MemoryLife,
    settings: ServerSettings,
    master: MemoryMasterSide,
    { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  ) {
    this.life = life;
    this.blacklist = new Blacklist(clock);
    this.settings = settings;
    this.#master = master;
    this.registry = new RegistryCopy((error) =>
      logger.error('a listener for changes of the cluster failed', { error: briefError(error) }),
    );
    this.#questions = askingMaster((message) => message.t === 'ask' && void this.#ask(message), clock);
    this.commands = askingServer(life.id, (question) => void this.#carryOut(question), clock);
  }

  /** What the registry says of this life. */
  get facts(): ProcessFacts {
    return { ...this.life, state: this.#state.told, listening: this.#state.listening };
  }

  /** This server's own numbers now. */
  get stats(): OwnStatsAndReach {
    return carried(this.#own());
  }

  /** The counters that it tells of, by name. */
  get counts(): Readonly<Record<string, number>> {
    this.#measures?.refresh();
    return { ...this.#measures?.counts() };
  }

  report(
    state: ServerState,
    more: { readonly error?: ErrorData; readonly listening?: Listening } = {},
  ): void {
    this.#state.report(state, more.listening);
    if (this.connected) this.#master.reported(this, carried(more.error));
  }

  setStats(fn: () => OwnStatsAndReach): void {
    this.#own = fn;
  }

  tellMeasures(measures: Measures): void {
    this.#measures = measures;
  }

  onAllStarted(fn: () => void): void {
    this.#allStarted.wait(fn);
  }

  onCommand(handler: CommandHandler): void {
    this.#handler = handler;
  }

  ask(command: string, args: unknown, timeoutMs: number): Promise<unknown> {
    if (!this.connected) return Promise.reject(lost('there is none'));
    return this.#questions.ask(command, carried(args), timeoutMs);
  }

  close(): void {
    this.#closed = true;
    if (!this.connected) return;
    this.cut('it was closed');
    this.#master.left(this);
  }

  async whenGone(): Promise<void> {}

  /** The line stands, for the first time or again. */
  open(): void {
    if (this.#closed || this.connected) return;
    this.connected = true;
    this.#master.joined(this);
    this.#unfollow = this.#master.source.follow(this.registry);
  }

  /** The line breaks: nothing comes through any more, and no answer to what was asked. */
  cut(reason: string): void {
    this.connected = false;
    this.#unfollow();
    this.#questions.lost(reason);
    this.commands.lost(reason);
  }

  /** Another life has this one's place, for good. */
  fence(): void {
    this.#closed = true;
    this.cut('a newer process has this id');
  }

  takeNew(takes: boolean): void {
    if (this.#state.takeNew(takes)) this.report('ready');
  }

  tellAllStarted(): void {
    this.#allStarted.tell();
  }

  tellLoads(loads: Readonly<Record<string, number>>): void {
    this.loads = new Map(Object.entries(loads));
  }

  async #ask({ n, command, args }: { n: number; command: string; args: unknown }): Promise<void> {
    const told = await answerTo(n, () => this.#master.answer(this, command, args), errorDataOf);
    answer(this.#questions, told);
  }

  async #carryOut({ n, command, args }: { n: number; command: string; args: unknown }): Promise<void> {
    const told = await answerTo(n, () => this.#handler(command, carried(args)), errorDataOf);
    answer(this.commands, told);
  }
}

/** Settles a question; one whose answer cannot travel fails with the reason. */
function answer(asking: Asking, told: Told): void {
  try {
    asking.answered(carried(told));
  } catch (error) {
    asking.answered({ n: told.n, error: { code: 'ERROR', message: reasonOf(error) } });
  }
}
