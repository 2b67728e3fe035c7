import { fullSteer, type Slot } from '../contract.js';

/** A player as the arena knows it. */
export interface Player {
  readonly slot: Slot;
  readonly name: string;
  x: number;
  y: number;
  /** Where the player wants to go; at most 1 long. */
  directionX: number;
  directionY: number;
  score: number;
  /** Dashes asked for so far, as the player counts them. */
  dashCount: number;
  /** A dash was asked for and has not begun. */
  wantsDash: boolean;
  /** Each in ms, 0 when over. */
  dashLeftMs: number;
  dashRestMs: number;
  stunnedMs: number;
  shieldedMs: number;
}

export function createPlayer(slot: Slot, name: string, place: { x: number; y: number }): Player {
  return {
    slot,
    name,
    x: place.x,
    y: place.y,
    directionX: 0,
    directionY: 0,
    score: 0,
    dashCount: 0,
    wantsDash: false,
    dashLeftMs: 0,
    dashRestMs: 0,
    stunnedMs: 0,
    shieldedMs: 0,
  };
}

/** Takes what a client sent, whatever it is: numbers out of range are brought into it, anything else stands for 0. */
export function steer(player: Player, message: unknown): void {
  const { x, y, dash } = (typeof message === 'object' && message !== null ? message : {}) as Record<
    string,
    unknown
  >;
  const towardsX = share(x);
  const towardsY = share(y);
  const length = Math.max(1, Math.hypot(towardsX, towardsY));
  player.directionX = towardsX / length;
  player.directionY = towardsY / length;
  // Counted instead of flagged: the same message twice is one dash, and a lost one does no harm.
  if (typeof dash === 'number' && Number.isSafeInteger(dash) && dash !== player.dashCount) {
    player.wantsDash = dash > player.dashCount;
    player.dashCount = dash;
  }
}

/** Puts a player on a fresh place, standing still, for a new round. */
export function restart(player: Player, place: { x: number; y: number }): void {
  player.x = place.x;
  player.y = place.y;
  player.score = 0;
  player.wantsDash = false;
  player.dashLeftMs = 0;
  player.dashRestMs = 0;
  player.stunnedMs = 0;
  player.shieldedMs = 0;
}

function share(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 0;
  return Math.min(Math.max(value, -fullSteer), fullSteer) / fullSteer;
}
