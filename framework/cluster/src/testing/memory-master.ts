import {
  type Clock,
  type ErrorData,
  type Logger,
  newBootId,
  PomeloError,
  silentLogger,
  systemClock,
} from '@pomelo-ts/common';
import type { BlacklistChange, BlacklistWord } from '../blacklist.js';
import type { ServerHandler } from '../hub/hub-options.js';
import { LoadRelay } from '../hub/loads.js';
import type { MasterLink } from '../master-link.js';
import type { OwnStatsAndReach } from '../registry/reach.js';
import { entryFrom, Registry, type ServerState } from '../registry.js';
import type { ServerSettings } from '../settings-types.js';
import { carried } from './memory-master/carried.js';
import { MemoryMasterLink, type MemoryMasterSide } from './memory-master/memory-master-link.js';
import { tableSource } from './memory-master/table-source.js';

/** Settings of a {@link MemoryMaster}. */
export interface MemoryMasterOptions {
  /** What a server is told; undefined for an id that the game does not have. */
  settingsOf(id: string): ServerSettings | undefined;
  /** Carries out what servers ask; what it throws is their answer. @default knows no question */
  readonly onServer?: ServerHandler;
  /** Told what a server reports, with the error that ended it where there is one. */
  readonly onReport?: (id: string, bootId: string, state: ServerState, error: ErrorData | undefined) => void;
  /** How often numbers are told, in ms. @default 500 */
  readonly heartbeatMs?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

/** Which life of a server joins. */
export interface MemoryJoin {
  readonly id: string;
  readonly bootId: string;
  /** @default memory */
  readonly buildId?: string;
}

/**
 * A master for several servers of one process, without a connection or a message: what it gives each is a `MasterLink` as good as that
 * of `joinCluster`. It starts and watches nobody; tests do.
 *
 * @example
 * const master = new MemoryMaster({ settingsOf: (id) => settings.get(id) });
 * const link = master.join({ id: 'chat-1', bootId: newBootId() });
 */
export class MemoryMaster {
  readonly registry = new Registry(newBootId());
  readonly #options: MemoryMasterOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** The present life of each server, with or without a line. */
  readonly #links = new Map<string, MemoryMasterLink>();
  readonly #loads = new LoadRelay();
  readonly #side: MemoryMasterSide;
  readonly #stopBeat: () => void;
  readonly #blacklist = new Map<string, BlacklistWord>();
  #allStarted = false;

  constructor(options: MemoryMasterOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    const { onServer = knowsNothing } = options;
    this.#side = {
      source: tableSource(this.registry),
      joined: (link) => this.#publish(link),
      reported: (link, error) => {
        this.#publish(link);
        options.onReport?.(link.life.id, link.life.bootId, link.facts.state, error);
      },
      answer: ({ life }, command, args) => onServer(life.id, life.bootId, command, args),
      left: ({ life }) => this.ended(life.id, life.bootId),
    };
    this.#stopBeat = this.#clock.every(options.heartbeatMs ?? 500, () => this.#beat());
  }

  /**
   * Lets a life of a server in, at once; another one that is there loses its place to it.
   *
   * @throws LINK_REFUSED for an id that the game does not have
   */
  join({ id, bootId, buildId = 'memory' }: MemoryJoin): MasterLink {
    const settings = this.#options.settingsOf(id);
    if (!settings) {
      const reason = 'the topology has no server with this id';
      throw new PomeloError('LINK_REFUSED', { serverId: id, reason });
    }
    this.#links.get(id)?.fence();
    const life = { id, bootId, buildId, pid: process.pid };
    const link = new MemoryMasterLink(life, carried(settings), this.#side, {
      clock: this.#clock,
      logger: this.#logger,
    });
    this.#links.set(id, link);
    this.mend(id);
    return link;
  }

  /** Breaks the line of a server until {@link mend}; it keeps its place in the registry. */
  cut(id: string): void {
    this.#links.get(id)?.cut('it was cut');
  }

  /** Has the line of a server stand again. */
  mend(id: string): void {
    const link = this.#links.get(id);
    if (!link) return;
    this.retell(id);
    link.blacklist.apply({ anew: true, add: [...this.#blacklist.values()], remove: [] });
    link.open();
    link.tellLoads(this.#loads.told);
    if (this.#allStarted) link.tellAllStarted();
  }

  /** The process of a server has ended: its entry goes. */
  ended(id: string, bootId: string): void {
    this.registry.remove(id, bootId);
    const link = this.#links.get(id);
    if (link?.life.bootId !== bootId) return;
    link.fence();
    this.#links.delete(id);
  }

  /** Tells a server its present settings. */
  retell(id: string): void {
    const settings = this.#options.settingsOf(id);
    const link = this.#links.get(id);
    if (!settings || !link) return;
    link.settings = carried(settings);
    if (link.connected) this.#publish(link);
  }

  /** Lets a server be sent new work, or has it keep to what it has. */
  takeNew(id: string, takes: boolean): void {
    this.#links.get(id)?.takeNew(takes);
  }

  /** Puts networks on the blacklist, or takes them off it. */
  changeBlacklist({ add, remove }: BlacklistChange): void {
    for (const network of remove) this.#blacklist.delete(network);
    for (const word of add) this.#blacklist.set(word[0], word);
    for (const link of this.#connected) link.blacklist.apply(carried({ add, remove }));
  }

  /** Tells all servers that the whole start is done, and each that joins later. */
  allStarted(): void {
    this.#allStarted = true;
    for (const link of this.#connected) link.tellAllStarted();
  }

  /**
   * Has a server carry out a command; see `MasterLink.onCommand`.
   *
   * @throws SERVER_COMMAND_FAILED with its reason; SERVER_SILENT when it has no line, loses it, or does not answer in time
   */
  ask(id: string, command: string, args: unknown, timeoutMs: number): Promise<unknown> {
    const link = this.#links.get(id);
    if (link?.connected) return link.commands.ask(command, args, timeoutMs);
    const reason = 'it has no link to the master';
    return Promise.reject(new PomeloError('SERVER_SILENT', { serverId: id, command, reason }));
  }

  /** What a server tells of itself now. */
  statsOf(id: string): OwnStatsAndReach | undefined {
    return this.#links.get(id)?.stats;
  }

  /** The counters of a server that have risen, by name. */
  countsOf(id: string): Readonly<Record<string, number>> | undefined {
    return this.#links.get(id)?.counts;
  }

  /** Cuts all lines for good. */
  close(): void {
    this.#stopBeat();
    for (const link of this.#links.values()) link.fence();
    this.#links.clear();
  }

  get #connected(): MemoryMasterLink[] {
    return [...this.#links.values()].filter(({ connected }) => connected);
  }

  #publish({ facts, settings, stats }: MemoryMasterLink): void {
    const cutFrom = stats.reach?.cutFrom ?? [];
    this.registry.put({ ...entryFrom(settings.server, facts), ...(cutFrom.length > 0 && { cutFrom }) });
  }

  #beat(): void {
    const loads: Record<string, number> = {};
    for (const link of this.#connected) {
      const { id } = link.life;
      const { connections, reach } = link.stats;
      const known = this.registry.get(id)?.cutFrom ?? [];
      if (String(known) !== String(reach?.cutFrom ?? [])) this.#publish(link);
      if (link.settings.server.frontend && connections !== undefined) loads[id] = connections;
    }
    const news = this.#loads.news(loads);
    if (news) for (const link of this.#connected) link.tellLoads(news);
  }
}

const knowsNothing: ServerHandler = (_id, _bootId, command) => {
  throw new Error(`this master does not know the question ${command}`);
};
