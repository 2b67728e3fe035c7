/** What page and servers say to each other, beyond the chat contract of pomelo's public demo. Shared by both. */

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

/** Push `onChat`. `target` is `*` for the room, else the name of the one who is meant. */
export interface ChatPush {
  readonly msg: string;
  readonly from: string;
  readonly target: string;
}

/** Pushes `onAdd` and `onLeave`. */
export interface UserPush {
  readonly user: string;
}

export const phases = ['waiting', 'play', 'break'] as const;
/** `waiting` for a second player, then rounds of `play` with a `break` after each. */
export type Phase = (typeof phases)[number];

/** A player's number in an arena, from 1; it is somebody else's after the player has left. */
export type Slot = number;

/** Bits of a player's marks. */
export const marks = { hunter: 1, stunned: 2, shielded: 4, dashing: 8 } as const;

/** Push `onArenaPlayers`: everybody in the arena, after somebody came or left. */
export interface PlayersPush {
  readonly players?: readonly { readonly slot: Slot; readonly name: string }[];
}

/** Push `onArenaTick`, 20 times a second. Empty lists are absent in protobuf. */
export interface TickPush {
  readonly tick: number;
  /** Slot, x, y, marks of those who moved or changed. */
  readonly moved?: readonly number[];
  /** Slot, score of everybody; now and then. */
  readonly scores?: readonly number[];
}

/** Push `onArenaTag`: the hunter `by` has caught `who`, who hunts now. */
export interface TagPush {
  readonly by: Slot;
  readonly who: Slot;
}

/** A row of the result, best first. */
export interface Standing {
  readonly name: string;
  readonly score: number;
  readonly slot: Slot;
}

/** Push `onArenaRound`, when the phase changes. `standings` come with the break. */
export interface RoundPush {
  readonly phase: Phase;
  /** Counts the rounds, from 1. */
  readonly round: number;
  /** How long the phase still takes; 0 while waiting. */
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
  readonly players: NonNullable<PlayersPush['players']>;
  readonly tick: Required<TickPush>;
}

/** Body of the notify `arena.arenaHandler.steer`: hundredths of full speed, and the number of dashes asked for so far. */
export interface Steering {
  readonly x: number;
  readonly y: number;
  readonly dash?: number;
}

/** Full speed in a {@link Steering}. */
export const fullSteer = 100;
