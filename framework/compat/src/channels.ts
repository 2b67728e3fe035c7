import { isPomeloError } from '@pomelo-ts/common';
import { briefError, shorten } from '@pomelo-ts/common/internal';
import type { Application, Channel, Delivery, Uid } from '@pomelo-ts/core';
import { tell } from './callback.js';
import type { Anything } from './types.js';

/** Who is meant by a push: `sid` is the id of the frontend that holds the connection. */
export interface OldMember {
  readonly uid: Anything;
  readonly sid: string;
}

/** A message to many; pomelo lets callers leave out the route (then it is in the message), options and callback. */
interface OldPush {
  readonly route: string;
  readonly msg: unknown;
  readonly rest: readonly unknown[];
}

function pushOf(args: readonly unknown[]): OldPush {
  if (typeof args[0] === 'string') return { route: args[0], msg: args[1], rest: args.slice(2) };
  return { route: String((args[0] as { route?: unknown }).route), msg: args[0], rest: args.slice(1) };
}

/** A number and its text name one channel of pomelo. */
const textOf = (name: unknown): string => (typeof name === 'number' ? String(name) : (name as string));

const callbackOf = (rest: readonly unknown[]): unknown => rest.find((one) => typeof one === 'function');

/** A channel as pomelo has it. */
export class OldChannel {
  readonly name: string;
  readonly #channel: Channel;
  readonly #app: Application;

  constructor(channel: Channel, app: Application) {
    this.name = channel.name;
    this.#channel = channel;
    this.#app = app;
  }

  /** Adds the sessions of a uid on a frontend; true also when they are in already. */
  add(uid: unknown, sid: string): boolean {
    if (!sid) return false;
    return this.#safely(() => {
      this.#channel.add({ uid: uid as Uid, frontendId: sid });
      return true;
    });
  }

  leave(uid: unknown, sid: string): boolean {
    if (!sid) return false;
    return this.#safely(() => this.#channel.leave({ uid: uid as Uid, frontendId: sid }));
  }

  /** Takes a uid out, whichever frontend it is on. */
  removeMember(uid: unknown): boolean {
    const member: OldMember | undefined = this.getMember(uid);
    return member !== undefined && this.leave(uid, member.sid);
  }

  getMembers(): Anything[] {
    return this.#channel.members.map(({ uid }) => uid);
  }

  /** Undefined for who is not in, which the types of pinus leave unsaid. */
  getMember(uid: unknown): OldMember {
    const member = this.#channel.members.find((one) => one.uid === uid);
    return (member && { uid, sid: member.frontendId }) as OldMember;
  }

  getUserAmount(): number {
    return this.#channel.size;
  }

  destroy(): void {
    this.#channel.destroy();
  }

  /** Sends to all members: `pushMessage(route, msg, [opts], [cb])`, or with the route in the message. */
  pushMessage(...args: Anything[]): void {
    const { rest } = pushOf(args);
    const callback = callbackOf(rest);
    const pushed: Promise<unknown> = callback ? this.apushMessage(...args) : this.#push(args);
    void tell(pushed, callback ?? ((error: unknown) => error && this.#log(error)));
  }

  /** As {@link pushMessage}; gives the uids whose frontends could not be reached. */
  async apushMessage(...args: Anything[]): Promise<Anything[]> {
    const { route, msg } = pushOf(args);
    const { members } = this.#channel;
    const { failed } = (await this.#channel.deliver(route as never, msg as never)) as Delivery;
    const missed = members.filter(({ frontendId }) => failed.includes(frontendId)).map(({ uid }) => uid);
    if (missed.length > 0 && missed.length === members.length) throw new Error('all uids push message fail');
    return missed;
  }

  async #push(args: readonly unknown[]): Promise<void> {
    const { route, msg } = pushOf(args);
    this.#channel.push(route as never, msg as never);
  }

  #log(error: unknown): void {
    const name = shorten(this.name, 200);
    this.#app.logger.error(`a push to the channel ${name} failed`, { error: briefError(error) });
  }

  /** What a destroyed channel and a uid that is none throw was only false to pomelo. */
  #safely(fn: () => boolean): boolean {
    try {
      return fn();
    } catch (error) {
      if (isPomeloError(error, 'CHANNEL_DESTROYED') || isPomeloError(error, 'UID_INVALID')) return false;
      throw error;
    }
  }
}

/** The channels of a server: what `app.get('channelService')` gives. */
export class OldChannelService {
  readonly #app: Application;
  readonly #shown = new WeakMap<Channel, OldChannel>();

  constructor(app: Application) {
    this.#app = app;
  }

  createChannel(name: string): OldChannel {
    return this.#show(this.#app.channels.create(textOf(name)));
  }

  /** Undefined when there is none and none is to be made, which the types of pinus leave unsaid. */
  getChannel(name: string, create = false): OldChannel {
    const channel = this.#app.channels.get(textOf(name));
    if (channel) return this.#show(channel);
    return (create ? this.createChannel(name) : undefined) as OldChannel;
  }

  destroyChannel(name: string): void {
    this.#app.channels.destroy(textOf(name));
  }

  /** Sends to listed members: `(route, msg, members, [opts], [cb])`, or with the route in the message. */
  pushMessageByUids(...args: Anything[]): void {
    const { rest } = pushOf(args);
    void tell(this.apushMessageByUids(...args), callbackOf(rest.slice(1)));
  }

  /** As {@link pushMessageByUids}; gives the uids whose frontends are not there. */
  async apushMessageByUids(...args: Anything[]): Promise<Anything[]> {
    const { route, msg, rest } = pushOf(args);
    const members = rest[0] as readonly OldMember[] | undefined;
    if (!members || members.length === 0) throw new Error('uids should not be empty');
    const there = members.filter(({ sid }) => this.#app.registry.get(sid));
    if (there.length === 0) throw new Error('all uids push message fail');
    this.#app.channels.push(
      route as never,
      msg as never,
      there.map(({ uid, sid }) => ({ uid: uid as Uid, frontendId: sid })),
    );
    return members.filter((member) => !there.includes(member)).map(({ uid }) => uid);
  }

  /** Sends to everybody on the frontends of a type; with `binded` only to those who have a uid. */
  broadcast(frontendType: string, route: string, msg: unknown, ...rest: Anything[]): void {
    void tell(this.abroadcast(frontendType, route, msg, rest[0]), callbackOf(rest));
  }

  async abroadcast(frontendType: string, route: string, msg: unknown, options?: Anything): Promise<void> {
    const { binded } = (options ?? {}) as { binded?: boolean };
    const bound = { boundOnly: binded === true };
    const { failed } = await this.#app.channels.broadcast(frontendType, route as never, msg as never, bound);
    const all = this.#app.registry.ofType(frontendType).length;
    if (failed.length > 0 && failed.length >= all) throw new Error('broadcast fails');
  }

  #show(channel: Channel): OldChannel {
    const shown = this.#shown.get(channel) ?? new OldChannel(channel, this.#app);
    this.#shown.set(channel, shown);
    return shown;
  }
}
