/**
 * What page and servers say to each other. The chat is that of pomelo's public demo, so that its clients can talk here.
 * Shared by both sides, and read by `pomelo-ts gen`: `@proto` says how a value travels in pomelo's protobuf.
 */

/** All pushes, by route. */
export interface Pushes {
  /**
   * Somebody said something.
   * @proto none
   */
  onChat: ChatPush;
  /**
   * Somebody came into the room.
   * @proto none
   */
  onAdd: UserPush;
  /**
   * Somebody left the room.
   * @proto none
   */
  onLeave: UserPush;
  // #region arena
  /** Everybody in the arena, after somebody came or left. */
  onArenaPlayers: PlayersPush;
  /** 20 times a second: what has changed. */
  onArenaTick: TickPush;
  /** Somebody was caught. */
  onArenaTag: TagPush;
  /** The phase has changed. */
  onArenaRound: RoundPush;
  // #endregion arena
}

/** Body of `connector.entryHandler.enter`. */
export interface Entry {
  readonly username: string;
  /** The room. */
  readonly rid: string;
}

/** Body of `chat.chatHandler.send`. */
export interface ChatLine {
  readonly content: string;
  /** `*`, as when it is absent, for the room; else the name of the one who is meant. */
  readonly target?: string;
}

/** Answer of a request that was not done. `error` is what clients of pomelo's chat demo look at. */
export interface Refusal {
  readonly code: number;
  readonly error: true;
  readonly message: string;
}

export function refusal(code: number, message: string): Refusal {
  return { code, error: true, message };
}

/** Answer of `connector.entryHandler.enter`: who is in the room, the newcomer included. */
export interface EnterAnswer {
  readonly users: readonly string[];
}

/** A line of chat. */
export interface ChatPush {
  readonly msg: string;
  readonly from: string;
  /** `*` for the room, else the name of the one who is meant. */
  readonly target: string;
}

/** One of the room. */
export interface UserPush {
  readonly user: string;
}
// #region arena

export const phases = ['waiting', 'play', 'break'] as const;
/** `waiting` for a second player, then rounds of `play` with a `break` after each. */
export type Phase = (typeof phases)[number];

/** A player's number in an arena, from 1; it is somebody else's after the player has left. */
export type Slot = number;

/** Bits of a player's marks. */
export const marks = { hunter: 1, stunned: 2, shielded: 4, dashing: 8 } as const;

/** Somebody in an arena. */
export interface Player {
  /** @proto uInt32 */
  readonly slot: Slot;
  readonly name: string;
}

/** Everybody in an arena. */
export interface PlayersPush {
  readonly players?: readonly Player[];
}

/** What a tick has changed. Empty lists are absent in protobuf. */
export interface TickPush {
  /** @proto uInt32 */
  readonly tick: number;
  /**
   * Slot, x, y, marks of those who moved or changed.
   * @proto uInt32
   */
  readonly moved?: readonly number[];
  /**
   * Slot, score of everybody; now and then.
   * @proto uInt32
   */
  readonly scores?: readonly number[];
}

/** The hunter `by` has caught `who`, who hunts now. */
export interface TagPush {
  /** @proto uInt32 */
  readonly by: Slot;
  /** @proto uInt32 */
  readonly who: Slot;
}

/** A row of the result, best first. */
export interface Standing {
  readonly name: string;
  /** @proto uInt32 */
  readonly score: number;
  /** @proto uInt32 */
  readonly slot: Slot;
}

/** A phase of the game. `standings` come with the break. */
export interface RoundPush {
  readonly phase: Phase;
  /**
   * Counts the rounds, from 1.
   * @proto uInt32
   */
  readonly round: number;
  /**
   * How long the phase still takes; 0 while waiting.
   * @proto uInt32
   */
  readonly leftMs: number;
  readonly standings?: readonly Standing[];
}

/** Something round that nobody can walk through. */
export interface Pillar {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

/** Answer of `arena.arenaHandler.enter`: all that a page needs to draw the arena, as of now. */
export interface ArenaAnswer {
  readonly code: 200;
  readonly you: Slot;
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  readonly tickMs: number;
  readonly dashRestMs: number;
  readonly pillars: readonly Pillar[];
  readonly round: RoundPush;
  readonly players: readonly Player[];
  readonly tick: Required<TickPush>;
}

/** Body of the notify `arena.arenaHandler.steer`: hundredths of full speed, and the number of dashes asked for so far. */
export interface Steering {
  /** @proto sInt32 */
  readonly x: number;
  /** @proto sInt32 */
  readonly y: number;
  /** @proto uInt32 */
  readonly dash?: number;
}

/** Full speed in a {@link Steering}. */
export const fullSteer = 100;
// #endregion arena
