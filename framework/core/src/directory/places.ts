import { hashText } from '@pomelo-ts/common/internal';
import type { Uid } from '../session-names.js';
import { hashOfUid } from './uid-homes.js';

/** Where one session of a uid is. */
export interface UidPlace {
  /** Server id of the frontend that holds the session. */
  readonly frontendId: string;
  readonly sessionId: string;
  /** When it was bound to the uid, in ms since 1970 of the clock of the frontend that keeps the uid's entry. */
  readonly boundAt: number;
}

/** What is said of one session of a uid; see `items` of {@link TellMessage}. */
export const itemKind = { put: 0, drop: 1, claim: 2 } as const;
export type ItemKind = (typeof itemKind)[keyof typeof itemKind];

/** A session of a uid, and what is said of it. `boundAt` is 0 for a claim, which gets its time from the answer. */
export type ToldItem = readonly [uid: Uid, sessionId: string, boundAt: number, kind: ItemKind];

/** What a frontend tells the one that keeps the entries of some of its uids. */
export interface TellMessage {
  /** Life of the frontend. */
  readonly bootId: string;
  /** Forget all that this frontend has told before. */
  readonly reset: boolean;
  readonly items: readonly ToldItem[];
}

/** What became of a claim: when the session was bound, or why it was not. */
export type ClaimResult = number | 'taken' | 'elsewhere';

/** A sum of what two frontends think that they have agreed on; equal sums mean equal sets, but for one in four billion. */
export interface PlaceSum {
  readonly count: number;
  readonly mark: number;
}

/** A {@link PlaceSum} that places are added to and taken from. */
export class PlaceTally implements PlaceSum {
  count = 0;
  mark = 0;

  add(uid: Uid, sessionId: string): void {
    this.count++;
    this.mark ^= markOf(uid, sessionId);
  }

  take(uid: Uid, sessionId: string): void {
    this.count--;
    this.mark ^= markOf(uid, sessionId);
  }

  clear(): void {
    this.count = 0;
    this.mark = 0;
  }

  equals(other: PlaceSum): boolean {
    return this.count === other.count && this.mark === other.mark;
  }
}

function markOf(uid: Uid, sessionId: string): number {
  return Math.imul(hashOfUid(uid) ^ hashText(sessionId), 0x9e3779b1) | 0;
}
