import type { Pillar } from '../contract.js';

/** Everything that can be tuned. Lengths are in units of the arena, speeds in units per second. */
export interface ArenaRules {
  readonly width: number;
  readonly height: number;
  readonly pillars: readonly Pillar[];
  /** Radius of a player. */
  readonly radius: number;
  readonly maxPlayers: number;
  readonly tickMs: number;
  readonly roundMs: number;
  readonly breakMs: number;
  readonly speed: number;
  /** A bit faster, so that a chase has an end. */
  readonly hunterSpeed: number;
  readonly dashSpeed: number;
  readonly dashMs: number;
  /** From one dash to the next. */
  readonly dashRestMs: number;
  /** How long who was caught stands still. */
  readonly stunMs: number;
  /** How long who has caught somebody cannot be caught back. */
  readonly shieldMs: number;
  readonly tagPoints: number;
  /** For everybody but the hunter, each second. */
  readonly survivalPoints: number;
}

export const standardRules: ArenaRules = {
  width: 1600,
  height: 900,
  pillars: [
    { x: 420, y: 260, radius: 70 },
    { x: 1180, y: 260, radius: 70 },
    { x: 800, y: 450, radius: 95 },
    { x: 420, y: 640, radius: 70 },
    { x: 1180, y: 640, radius: 70 },
  ],
  radius: 28,
  maxPlayers: 24,
  tickMs: 50,
  roundMs: 120_000,
  breakMs: 8_000,
  speed: 260,
  hunterSpeed: 300,
  dashSpeed: 700,
  dashMs: 180,
  dashRestMs: 2500,
  stunMs: 1200,
  shieldMs: 2500,
  tagPoints: 10,
  survivalPoints: 1,
};

/** A number from 0 up to 1; `Math.random`, or a sequence in tests. */
export type Random = () => number;
