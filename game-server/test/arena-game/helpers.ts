import { Arena, type ArenaEvent } from '../../app/arena-game/arena.js';
import type { Player } from '../../app/arena-game/player.js';
import { type ArenaRules, standardRules } from '../../app/arena-game/rules.js';

/** An arena without pillars, with short rounds, whose chance always gives `chance`. */
export function testArena(rules: Partial<ArenaRules> = {}, chance = 0): Arena {
  return new Arena({ ...standardRules, pillars: [], roundMs: 1000, breakMs: 200, ...rules }, () => chance);
}

export function joined(arena: Arena, name: string): Player {
  const player = arena.join(name);
  if (!player) throw new Error('the arena is full');
  return player;
}

export function put(player: Player, x: number, y: number): void {
  player.x = x;
  player.y = y;
}

/** Steps until `ms` have passed; gives what happened. */
export function pass(arena: Arena, ms: number): ArenaEvent[] {
  return Array.from({ length: ms / arena.rules.tickMs }, () => arena.step()).flat();
}
