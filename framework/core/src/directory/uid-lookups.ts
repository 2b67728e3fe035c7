import { type Clock, delay, PomeloError, reasonOf } from '@pomelo-ts/common';
import type { Uid } from '../session-names.js';
import type { HomesHistory } from './homes-history.js';
import type { UidPlace } from './places.js';

/** What a home says of each uid that it was asked. */
export type FindAnswer = readonly (readonly UidPlace[] | 'elsewhere')[];

/** Uids in one question, at most. */
const longestQuestion = 1000;
/** How often a uid is asked whose home says that it is another server's, and how long is waited before, in ms: views of the cluster differ for a moment. */
const attempts = 4;
const apartMs = 100;

/** Settings of {@link UidLookups}. */
export interface LookupOptions {
  readonly homes: HomesHistory;
  readonly clock: Clock;
  ask(homeId: string, uids: readonly Uid[]): Promise<FindAnswer>;
}

/** Asks the homes of uids where these are. */
export class UidLookups {
  readonly #options: LookupOptions;

  constructor(options: LookupOptions) {
    this.#options = options;
  }

  /**
   * Where the uids have sessions; those that have none are left out. One question for each home.
   *
   * @throws DIRECTORY_UNREACHABLE
   */
  async find(uids: readonly Uid[]): Promise<ReadonlyMap<Uid, readonly UidPlace[]>> {
    const found = new Map<Uid, readonly UidPlace[]>();
    let left: readonly Uid[] = [...new Set(uids)];
    let reason = 'no frontend keeps them';
    for (let attempt = 0; attempt < attempts && left.length > 0; attempt++) {
      if (attempt > 0) await delay(apartMs, this.#options.clock);
      const again: Uid[] = [];
      await Promise.all(
        this.#questions(left).map(async ([homeId, asked]) => {
          try {
            const answers = await this.#options.ask(homeId, asked);
            for (const [at, uid] of asked.entries()) {
              const places = answers[at] ?? 'elsewhere';
              if (places === 'elsewhere') again.push(uid);
              else if (places.length > 0) found.set(uid, places);
            }
          } catch (error) {
            reason = reasonOf(error);
            again.push(...asked);
          }
        }),
      );
      left = again;
      // Before there is any frontend nobody is connected.
      if (this.#options.homes.current.ids.length === 0) return found;
    }
    if (left.length > 0) throw new PomeloError('DIRECTORY_UNREACHABLE', { count: left.length, reason });
    return found;
  }

  #questions(uids: readonly Uid[]): [homeId: string, uids: readonly Uid[]][] {
    const byHome = new Map<string, Uid[]>();
    for (const uid of uids) {
      const homeId = this.#options.homes.current.homeOf(uid);
      if (homeId === undefined) continue;
      const list = byHome.get(homeId);
      if (list) list.push(uid);
      else byHome.set(homeId, [uid]);
    }
    const questions: [string, readonly Uid[]][] = [];
    for (const [homeId, list] of byHome)
      for (let at = 0; at < list.length; at += longestQuestion)
        questions.push([homeId, list.slice(at, at + longestQuestion)]);
    return questions;
  }
}
