import { type Clock, isPomeloError, PomeloError } from '@pomelo-ts/common';
import { LifeSigns, type LifeSignsOptions } from '@pomelo-ts/common/internal';
import { Asking } from '../link/asking.js';
import type { LinkChannel, Message } from '../link/channel.js';
import type { Dialer } from '../link/handshake.js';
import type { HubMessage, ServerMessage } from '../link/messages.js';
import { type Reach, reachIn, type ServerStatsAndReach } from '../registry/reach.js';
import type { ProcessFacts } from '../registry.js';
import { readServerMessage } from './server-words.js';

/** What a link tells the hub. */
export interface ServerLinkEvents {
  joined(link: ServerLink): void;
  reported(link: ServerLink, report: Extract<ServerMessage, { t: 'report' }>): void;
  /** The server asks something of the master. */
  asked(link: ServerLink, question: Extract<ServerMessage, { t: 'ask' }>): void;
  resync(link: ServerLink): void;
  /** It reaches other types of servers than before, or no longer. */
  reachChanged(link: ServerLink): void;
  closed(link: ServerLink, error: Error): void;
  /** Whether this master leads: what another one says now must not be contradicted. */
  mayTell(): boolean;
}

/** The master's end of one server's link. */
export class ServerLink {
  readonly id: string;
  readonly bootId: string;
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
  /** What the master asks it. */
  readonly asking: Asking;
  readonly #channel: LinkChannel;
  readonly #events: ServerLinkEvents;

  constructor(
    channel: LinkChannel,
    dialer: Dialer,
    clock: Clock,
    beats: LifeSignsOptions,
    events: ServerLinkEvents,
  ) {
    this.id = dialer.id;
    this.bootId = dialer.bootId;
    this.#channel = channel;
    this.#events = events;
    this.signs = new LifeSigns(beats, clock.now());
    this.asking = new Asking({
      clock,
      send: (question) => this.send({ t: 'command', ...question }),
      failed: (command, reason, data) => {
        const facts = { serverId: this.id, command, reason };
        if (data === undefined) return new PomeloError('SERVER_SILENT', facts);
        return new PomeloError('SERVER_COMMAND_FAILED', facts, { cause: { code: data.code } });
      },
    });
    channel.onHeard = () => this.signs.heard(clock.now());
    channel.onMessage = (message) => this.#receive(message);
    channel.onClosed = (error) => {
      this.asking.lost(error.message);
      events.closed(this, error);
    };
  }

  send(message: HubMessage): void {
    if (this.#events.mayTell()) this.#channel.send(message);
    else this.close('this master does not lead any more');
  }

  /** Tells the server that it has no place here, for good. */
  refuse(reason: string): void {
    this.send({ t: 'refused', reason });
    this.#channel.close();
  }

  close(reason: string): void {
    this.#channel.close(this.#channel.lost(reason));
  }

  #takeStats(stats: ServerStatsAndReach): void {
    const before = this.reach;
    this.stats = stats;
    this.reach = reachIn(stats);
    if (String(before?.cutFrom ?? []) !== String(this.reach?.cutFrom ?? [])) this.#events.reachChanged(this);
  }

  #receive(message: Message): void {
    if (message.t !== 'join' && message.t !== 'ping' && !this.facts)
      throw this.#channel.invalid(`${message.t} before join`);
    const known = readServerMessage(message, (reason) => this.#channel.invalid(reason));
    switch (known.t) {
      case 'join': {
        const { pid, buildId, state, listening, admitted } = known;
        this.facts = { bootId: this.bootId, pid, buildId, state, listening };
        this.admitted = admitted;
        this.external = known.external === true;
        this.#events.joined(this);
        break;
      }
      case 'report':
        this.facts = {
          ...this.facts!,
          state: known.state,
          listening: { ...this.facts!.listening, ...known.listening },
        };
        this.#events.reported(this, known);
        break;
      case 'stats':
        this.#takeStats(known.stats);
        break;
      case 'answer':
        this.asking.answered(known);
        break;
      case 'ask':
        this.#events.asked(this, known);
        break;
      case 'resync':
        this.#events.resync(this);
        break;
      case 'bye':
        this.left = true;
        break;
      case 'ping':
        this.send({ t: 'beat' });
        break;
      case 'beat':
        break;
    }
  }
}

/** Whether the end of a link was garbage or silence rather than a plain close. */
export const isFault = (error: Error) =>
  isPomeloError(error, 'FRAME_INVALID') || isPomeloError(error, 'FRAME_TOO_LARGE');
