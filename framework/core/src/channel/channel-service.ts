import {
  type Clock,
  type Counter,
  isPomeloError,
  type Logger,
  PomeloError,
  reasonOf,
} from '@pomelo-ts/common';
import { briefError, shorten } from '@pomelo-ts/common/internal';
import type { Channel, ChannelMember, Delivery, PushOptions } from '../channel.js';
import type { CoreMeasures } from '../measures.js';
import { checkName } from '../session/uid.js';
import type { Uid } from '../session-names.js';
import type { Tracing } from '../tracing.js';
import type { UidTraces } from '../uid-traces/uid-traces.js';
import type { ClientFormat } from '../wire/client-format.js';
import { frameKind } from '../wire/frame-kind.js';
import { ChannelSizes } from './channel-sizes.js';
import { checkListed, type MemberKey, type MovedMember, memberBytes, writeMember } from './member.js';
import { type ChannelHome, OwnedChannel } from './owned-channel.js';
import { type EncodedPush, encodePush } from './push-frame.js';
import type { PushSender, WriteFrame } from './push-sender.js';
import type { PushBody, PushRoute } from './pushes.js';

/** Settings of a broadcast. */
export interface BroadcastOptions extends PushOptions {
  /** Only to sessions that have a uid. @default false */
  readonly boundOnly?: boolean;
}

/** The channels of one server, and pushes without a channel. */
export class ChannelService {
  readonly #sender: PushSender;
  readonly #format: ClientFormat;
  readonly #idsOf: (type: string) => string[];
  readonly #home: ChannelHome;
  readonly #tracing: Tracing | undefined;
  readonly #pushes: CoreMeasures['pushes'];
  readonly #byName = new Map<string, OwnedChannel>();
  readonly #byNumber = new Map<number, OwnedChannel>();
  #lastNumber = 0;

  constructor(options: {
    sender: PushSender;
    format: ClientFormat;
    /** Ids of the ready servers of a type. */
    idsOf(type: string): string[];
    clock: Clock;
    counters: CoreMeasures;
    logger: Logger;
    tracing: Tracing | undefined;
    traces: UidTraces;
  }) {
    this.#tracing = options.tracing;
    this.#sender = options.sender;
    this.#format = options.format;
    this.#idsOf = options.idsOf;
    this.#pushes = options.counters.pushes;
    this.#home = {
      sender: options.sender,
      sizes: new ChannelSizes(options.counters),
      tracing: options.tracing,
      traces: options.traces,
      encode: (route, msg, push) => this.#encode(route, msg, push, this.#pushes.channel),
      destroyed: (channel) => {
        this.#byName.delete(channel.name);
        this.#byNumber.delete(channel.number);
      },
      after: (ms, fn) => void options.clock.after(ms, fn),
      failed: (channel, error) => {
        options.counters.channelFailedListeners.add();
        const name = shorten(channel, 200);
        options.logger.error(`a listener for members leaving ${name} failed`, { error: briefError(error) });
      },
    };
  }

  /** The channel of this name, made when there is none yet. @throws NAME_INVALID */
  create(name: string): Channel {
    const known = this.#byName.get(name);
    if (known) return known;
    checkName(name, 'a channel');
    // It travels as 32 bits: after the last number the free ones are given again.
    do this.#lastNumber = (this.#lastNumber + 1) >>> 0;
    while (this.#byNumber.has(this.#lastNumber));
    const channel = new OwnedChannel(name, this.#lastNumber, this.#home);
    this.#byName.set(name, channel);
    this.#byNumber.set(channel.number, channel);
    return channel;
  }

  get(name: string): Channel | undefined {
    return this.#byName.get(name);
  }

  /** Destroys the channel of this name; false when there is none. */
  destroy(name: string): boolean {
    const channel = this.#byName.get(name);
    channel?.destroy();
    return channel !== undefined;
  }

  /** @internal the name of the channel that frontends know by this number */
  nameOf(number: number): string | undefined {
    return this.#byNumber.get(number)?.name;
  }

  /** Names of this server's channels. */
  get names(): string[] {
    return [...this.#byName.keys()];
  }

  /** Sends `msg` to listed uids; one frame for each frontend. */
  push<Route extends PushRoute>(
    route: Route,
    msg: PushBody<Route>,
    members: readonly { readonly uid: Uid; readonly frontendId: string }[],
    options?: PushOptions,
  ): void {
    this.#pushListed(route, this.#encode(route, msg, options, this.#pushes.list), members.map(checkListed));
  }

  /** @internal sends `msg` to listed sessions; one frame for each frontend. */
  pushToSessions(
    route: string,
    msg: unknown,
    sessions: readonly { readonly sessionId: string; readonly frontendId: string }[],
  ): void {
    this.#pushListed(route, this.#encode(route, msg, undefined, this.#pushes.list), sessions);
  }

  #pushListed(route: string, { bytes }: EncodedPush, members: readonly ChannelMember[]): void {
    const ended = this.#tracing?.push(route, { kind: 'list' });
    const frontends = byFrontend(members);
    let failed = 0;
    for (const [frontendId, list] of frontends) {
      let size = 4 + bytes.length;
      for (const member of list) size += memberBytes(member);
      const write: WriteFrame = (buffer, start) => {
        let at = buffer.writeUInt32BE(list.length, start);
        for (const member of list) at = writeMember(buffer, at, member);
        bytes.copy(buffer, at);
      };
      if (!this.#sender.send(frontendId, frameKind.listPush, size, write)) failed++;
    }
    ended?.({ frontends: frontends.size, failed, members: members.length });
  }

  /** Sends `msg` to every session of every ready server of a frontend type. */
  async broadcast<Route extends PushRoute>(
    frontendType: string,
    route: Route,
    msg: PushBody<Route>,
    options?: BroadcastOptions,
  ): Promise<Delivery> {
    const { bytes } = this.#encode(route, msg, options, this.#pushes.all);
    const ended = this.#tracing?.push(route, { kind: 'all', name: frontendType });
    const write: WriteFrame = (buffer, at) => {
      buffer[at] = options?.boundOnly ? 1 : 0;
      bytes.copy(buffer, at + 1);
    };
    const failed: string[] = [];
    const counts = await Promise.all(
      this.#idsOf(frontendType).map((id) =>
        this.#sender.ask(id, frameKind.broadcast, 1 + bytes.length, write).catch(() => {
          failed.push(id);
          return 0;
        }),
      ),
    );
    const delivered = counts.reduce((sum, count) => sum + count, 0);
    ended?.({ frontends: counts.length, failed: failed.length, delivered });
    return { delivered, failed };
  }

  /** @internal a frontend says that a member's session has ended. */
  memberLeft(frontendId: string, channelNumber: number, member: MemberKey, stamp: number): void {
    this.#byNumber.get(channelNumber)?.memberLeft(frontendId, member, stamp);
  }

  /** @internal a frontend says that a member is on another one now. */
  memberMoved(frontendId: string, channelNumber: number, moved: MovedMember): void {
    this.#byNumber.get(channelNumber)?.memberMoved(frontendId, moved);
  }

  /** @internal a frontend has left the cluster. */
  frontendGone(frontendId: string): void {
    for (const channel of [...this.#byName.values()]) channel.frontendGone(frontendId);
  }

  /** @internal a connection to a frontend opens. */
  frontendUp(frontendId: string): void {
    for (const channel of this.#byName.values()) channel.frontendUp(frontendId);
  }

  /** Encodes a push, and counts it as made. */
  #encode(route: string, msg: unknown, options: PushOptions | undefined, made: Counter): EncodedPush {
    try {
      const push = encodePush(route, this.#format.encode(route, msg), options?.except);
      made.add();
      return push;
    } catch (error) {
      if (isPomeloError(error)) throw error;
      throw new PomeloError('PUSH_INVALID', { route, reason: reasonOf(error) }, { cause: error });
    }
  }
}

function byFrontend(members: readonly ChannelMember[]): Map<string, ChannelMember[]> {
  const groups = new Map<string, ChannelMember[]>();
  for (const member of members) {
    const group = groups.get(member.frontendId);
    if (group) group.push(member);
    else groups.set(member.frontendId, [member]);
  }
  return groups;
}
