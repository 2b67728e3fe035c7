import type { Uid } from '../session-names.js';
import type { HeldSessions } from './directory-home.js';

/** What frontends hold of one uid, by their ids; one that holds nothing is left out. */
export type HeldBy = ReadonlyMap<string, { readonly bootId: string; readonly held: HeldSessions }>;

/** What one frontend answers: its life, and what it holds of each uid, in the order of the question. */
export type HeldAnswer = readonly [bootId: string, held: readonly HeldSessions[]];

/** Uids in one question, at most. */
const longestQuestion = 1000;

const nobody: HeldBy = new Map();

/** Settings of {@link HeldLookups}. */
export interface HeldOptions {
  /** Server ids of all frontends, this one too. */
  frontends(): readonly string[];
  /** Undefined when it does not answer in time. */
  ask(frontendId: string, uids: readonly Uid[]): Promise<HeldAnswer | undefined>;
}

/** Uids that all frontends are about to be asked for. */
interface Batch {
  readonly uids: Set<Uid>;
  readonly answers: Promise<ReadonlyMap<Uid, HeldBy>>;
}

/**
 * Asks all frontends what they hold of uids. Those of one tick go in one question to each: after a frontend has ended, others ask for
 * thousands at once, and its players come back.
 */
export class HeldLookups {
  readonly #options: HeldOptions;
  #next: Batch | undefined;

  constructor(options: HeldOptions) {
    this.#options = options;
  }

  /** What they hold of the uid; who does not answer in time is left out. */
  async of(uid: Uid): Promise<HeldBy> {
    if (this.#next === undefined || this.#next.uids.size === longestQuestion) this.#next = this.#begin();
    const { uids, answers } = this.#next;
    uids.add(uid);
    return (await answers).get(uid) ?? nobody;
  }

  #begin(): Batch {
    const uids = new Set<Uid>();
    const answers = Promise.resolve().then(() => {
      if (this.#next?.uids === uids) this.#next = undefined;
      return this.#ask([...uids]);
    });
    return { uids, answers };
  }

  async #ask(uids: readonly Uid[]): Promise<ReadonlyMap<Uid, HeldBy>> {
    const { frontends, ask } = this.#options;
    const found = new Map<Uid, Map<string, { bootId: string; held: HeldSessions }>>();
    await Promise.all(
      frontends().map(async (id) => {
        const [bootId, all] = (await ask(id, uids)) ?? [];
        if (bootId === undefined || !all) return;
        for (const [at, uid] of uids.entries()) {
          const held = all[at];
          if (!held || held.length === 0) continue;
          const by = found.get(uid) ?? new Map<string, { bootId: string; held: HeldSessions }>();
          found.set(uid, by.set(id, { bootId, held }));
        }
      }),
    );
    return found;
  }
}
