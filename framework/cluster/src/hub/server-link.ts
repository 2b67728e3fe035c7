import { type Clock, reasonOf } from '@pomelo-ts/common';
import { LifeSigns, type LifeSignsOptions } from '@pomelo-ts/common/internal';
import type { Asking } from '../link/asking.js';
import { askingServer } from '../link/asking-server.js';
import type { LinkChannel, Message } from '../link/channel.js';
import type { Dialer } from '../link/handshake.js';
import type { HubMessage, ServerMessage } from '../link/messages.js';
import { DeltaReader } from '../measures/delta-reader.js';
import type { ToldMeasures } from '../measures/told-measures.js';
import { type Reach, reachIn, type ServerStatsAndReach } from '../registry/reach.js';
import type { ProcessFacts } from '../registry.js';
import { readServerMessage } from './server-words.js';

/**
 * Bytes that may wait for a server when it is sent a message: some twenty times the registry of a thousand servers. Nothing that a
 * server is told has more than a part of that.
 */
const waitingBytes = 8 * 1024 * 1024;
/** Longest question of a server, in bytes, and how many of one are worked on at once. */
const longestQuestion = 64 * 1024;
const mostQuestions = 1000;
/** States that a server may report in a second: each is told to all others. */
const mostReports = 20;
const reportWindowMs = 1000;

/** What a link tells the hub. */
export interface ServerLinkEvents {
  joined(link: ServerLink): void;
  reported(link: ServerLink, report: Extract<ServerMessage, { t: 'report' }>): void;
  /** The server asks something of the master. Must not reject. */
  asked(link: ServerLink, question: Extract<ServerMessage, { t: 'ask' }>): Promise<void>;
  resync(link: ServerLink): void;
  /** It reaches other types of servers than before, or no longer. */
  reachChanged(link: ServerLink): void;
  /** Where what this life measures is kept. */
  measuresOf(link: ServerLink): ToldMeasures;
  closed(link: ServerLink, error: Error): void;
  /** Whether this master leads: what another one says now must not be contradicted. */
  mayTell(): boolean;
}

/** The master's end of one server's link. */
export class ServerLink {
  readonly id: string;
  readonly bootId: string;
  /** Name of the key that was proved, where it is known. */
  readonly keyName: string | undefined;
  /** What the process says of itself; undefined until it has joined. */
  facts: ProcessFacts | undefined;
  /** Whether something else than the master has started it. */
  external = false;
  /** Whether it has its settings and gets the registry. */
  admitted = false;
  /** Whether it said goodbye. */
  left = false;
  stats: ServerStatsAndReach | undefined;
  /** Whom it cannot reach. */
  reach: Reach | undefined;
  /** Whether the server lives, by what was heard. */
  readonly signs: LifeSigns;
  /** Commands under way that keep it from saying anything. */
  #pauses = 0;
  /** What the master asks it. */
  readonly asking: Asking;
  readonly #channel: LinkChannel;
  readonly #events: ServerLinkEvents;
  readonly #clock: Clock;
  #measures: DeltaReader | undefined;
  #questions = 0;
  #reports = 0;
  #reportsSince = 0;
  /** Who waits for its answer to a ping. */
  readonly #askedForLife = new Set<(lives: boolean) => void>();

  /** Whether its silence is no sign of its end: it was told to do what stops all else. */
  get mayBeSilent(): boolean {
    return this.#pauses > 0;
  }

  /** Its silence is no sign of its end until the returned function is called. */
  allowSilence(): () => void {
    this.#pauses++;
    return () => {
      this.#pauses--;
    };
  }

  constructor(
    channel: LinkChannel,
    dialer: Dialer,
    clock: Clock,
    beats: LifeSignsOptions,
    events: ServerLinkEvents,
  ) {
    this.id = dialer.id;
    this.bootId = dialer.bootId;
    this.keyName = dialer.keyName;
    this.#clock = clock;
    this.#channel = channel;
    channel.maxWaitingBytes = waitingBytes;
    this.#events = events;
    this.signs = new LifeSigns(beats, clock.now());
    this.asking = askingServer(this.id, (question) => this.send(question), clock);
    channel.onHeard = () => this.signs.heard(clock.now());
    channel.onMessage = (message, bytes) => this.#receive(message, bytes);
    channel.onClosed = (error) => {
      this.asking.lost(error.message);
      this.#tellLife(false);
      events.closed(this, error);
    };
  }

  send(message: HubMessage): void {
    if (this.#mayTell()) this.#channel.send(message);
  }

  /** As {@link send}, of what others are sent, too. */
  sendEncoded(message: Buffer): void {
    if (this.#mayTell()) this.#channel.sendEncoded(message);
  }

  #mayTell(): boolean {
    const mayTell = this.#events.mayTell();
    if (!mayTell) this.close('this master does not lead any more');
    return mayTell;
  }

  /** Tells the server that it has no place here, for good. */
  refuse(reason: string): void {
    this.send({ t: 'refused', reason });
    this.#channel.close();
  }

  close(reason: string): void {
    this.#channel.close(this.#channel.lost(reason));
  }

  get closed(): boolean {
    return this.#channel.closed;
  }

  /** Whether the server answers a ping over this link within the time. */
  lives(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const told = (lives: boolean): void => {
        cancel();
        this.#askedForLife.delete(told);
        resolve(lives);
      };
      const cancel = this.#clock.after(ms, () => told(false));
      this.#askedForLife.add(told);
      this.send({ t: 'ping' });
      if (this.#channel.closed) told(false);
    });
  }

  #tellLife(lives: boolean): void {
    for (const told of [...this.#askedForLife]) told(lives);
  }

  #takeStats(stats: ServerStatsAndReach, measures: unknown): void {
    if (measures !== undefined) this.#takeMeasures(measures);
    const before = this.reach;
    this.stats = stats;
    this.reach = reachIn(stats);
    if (String(before?.cutFrom ?? []) !== String(this.reach?.cutFrom ?? []))
      this.#channel.owe('reach', () => this.#events.reachChanged(this));
  }

  #takeMeasures(delta: unknown): void {
    this.#measures ??= new DeltaReader(this.#events.measuresOf(this));
    try {
      this.#measures.read(delta);
    } catch (error) {
      throw this.#channel.invalid(`measures: ${reasonOf(error)}`);
    }
  }

  /** Each is told to all others: a server has few states, and says each once. */
  #countReport(): void {
    const now = this.#clock.now();
    if (now - this.#reportsSince > reportWindowMs) {
      this.#reportsSince = now;
      this.#reports = 0;
    }
    if (++this.#reports > mostReports) throw this.#channel.invalid('it reports its state again and again');
  }

  #ask(question: Extract<ServerMessage, { t: 'ask' }>, bytes: number): void {
    if (bytes > longestQuestion) throw this.#channel.invalid(`a question of ${bytes} bytes`);
    if (this.#questions >= mostQuestions) throw this.#channel.invalid(`${mostQuestions} questions at once`);
    this.#questions++;
    void this.#events.asked(this, question).then(() => this.#questions--);
  }

  /**
   * Reads what the server says. One that begins to live and whose join makes no sense is told so, and gives up: it would say the same at
   * each dial, and whoever starts it would wait. One that was let in before plays on without its link.
   */
  #read(message: Message): ReturnType<typeof readServerMessage> | undefined {
    try {
      return readServerMessage(message, (reason) => this.#channel.invalid(reason));
    } catch (error) {
      if (message.t !== 'join' || this.facts || message['admitted'] === true) throw error;
      this.send({ t: 'refused', reason: reasonOf(error) });
      this.#channel.close(error as Error, true);
      return undefined;
    }
  }

  #receive(message: Message, bytes: number): void {
    if (message.t !== 'join' && message.t !== 'ping' && !this.facts)
      throw this.#channel.invalid(`${message.t} before join`);
    const known = this.#read(message);
    if (!known) return;
    switch (known.t) {
      case 'join': {
        if (this.facts) throw this.#channel.invalid('it has joined already');
        const { pid, buildId, state, listening, admitted } = known;
        this.facts = { bootId: this.bootId, pid, buildId, state, listening };
        this.admitted = admitted;
        this.external = known.external === true;
        this.#events.joined(this);
        break;
      }
      case 'report':
        this.#countReport();
        this.facts = {
          ...this.facts!,
          state: known.state,
          listening: { ...this.facts!.listening, ...known.listening },
        };
        this.#events.reported(this, known);
        break;
      case 'stats':
        this.#takeStats(known.stats, known.measures);
        break;
      case 'answer':
        this.asking.answered(known);
        break;
      case 'ask':
        this.#ask(known, bytes);
        break;
      case 'resync':
        this.#channel.owe('snapshot', () => this.#events.resync(this));
        break;
      case 'bye':
        this.left = true;
        break;
      case 'ping':
        this.#channel.owe('beat', () => this.send({ t: 'beat' }));
        break;
      case 'beat':
        this.#tellLife(true);
        break;
    }
  }
}
