import type { ChannelMember } from '../channel.js';
import { keyOf } from './member.js';

/** What a frontend is to be told of one member of one channel. */
export interface MemberNews {
  readonly channel: number;
  readonly member: ChannelMember;
  /** Which of the member's times in the channel this is. */
  readonly stamp: number;
  /** Whether it is in the channel now. */
  readonly inside: boolean;
}

interface Untold extends MemberNews {
  /** Whether the frontend may hold it as a member. */
  readonly known: boolean;
}

/**
 * What one frontend is still to be told of this server's channels, because too much waits for it: of each member what is
 * true now, not what happened. So it is never more than the members that the frontend holds, and those it is to hold.
 */
export class UntoldMembers {
  readonly #members = new Map<string, Untold>();
  readonly #drops = new Set<number>();

  /** A member joined or left. */
  note(news: MemberNews): void {
    const key = `${news.channel} ${keyOf(news.member)}`;
    const known = this.#members.get(key)?.known ?? !news.inside;
    if (news.inside || known) this.#members.set(key, { ...news, known });
    else this.#members.delete(key);
  }

  /** A channel is gone; `members` are those that it had on this frontend. */
  drop(channel: number, members: Iterable<string>): void {
    let known = false;
    for (const key of members) known ||= this.#members.get(`${channel} ${key}`)?.known ?? true;
    for (const [key, news] of this.#members) {
      if (news.channel !== channel) continue;
      known ||= news.known;
      this.#members.delete(key);
    }
    if (known) this.#drops.add(channel);
  }

  /** Tells all of it by the two functions, until one of them gives false; whether all is told. */
  tell(drop: (channel: number) => boolean, member: (news: MemberNews) => boolean): boolean {
    for (const channel of this.#drops) {
      if (!drop(channel)) return false;
      this.#drops.delete(channel);
    }
    for (const [key, news] of this.#members) {
      if (!member(news)) return false;
      this.#members.delete(key);
    }
    return true;
  }
}
