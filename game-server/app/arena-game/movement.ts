import type { Pillar } from '../contract.js';
import type { Player } from './player.js';
import type { ArenaRules } from './rules.js';

/** Moves a player by one tick. */
export function move(player: Player, hunts: boolean, rules: ArenaRules): void {
  countDown(player, rules.tickMs);
  if (player.stunnedMs > 0) {
    player.wantsDash = false;
    return;
  }
  beginDash(player, rules);
  const speed = speedOf(player, hunts, rules);
  const step = (speed * rules.tickMs) / 1000;
  player.x += player.directionX * step;
  player.y += player.directionY * step;
  for (const pillar of rules.pillars) pushOut(player, pillar, rules.radius);
  player.x = clamp(player.x, rules.radius, rules.width - rules.radius);
  player.y = clamp(player.y, rules.radius, rules.height - rules.radius);
}

function countDown(player: Player, ms: number): void {
  player.dashLeftMs = Math.max(0, player.dashLeftMs - ms);
  player.dashRestMs = Math.max(0, player.dashRestMs - ms);
  player.stunnedMs = Math.max(0, player.stunnedMs - ms);
  player.shieldedMs = Math.max(0, player.shieldedMs - ms);
}

function beginDash(player: Player, rules: ArenaRules): void {
  if (!player.wantsDash) return;
  player.wantsDash = false;
  const stands = player.directionX === 0 && player.directionY === 0;
  if (player.dashRestMs > 0 || stands) return;
  player.dashLeftMs = rules.dashMs;
  player.dashRestMs = rules.dashRestMs;
}

function speedOf(player: Player, hunts: boolean, rules: ArenaRules): number {
  if (player.dashLeftMs > 0) return rules.dashSpeed;
  return hunts ? rules.hunterSpeed : rules.speed;
}

/** Puts a player who is inside a pillar on its rim, so that it slides along. */
function pushOut(player: Player, pillar: Pillar, radius: number): void {
  const dx = player.x - pillar.x;
  const dy = player.y - pillar.y;
  const least = pillar.radius + radius;
  const distance = Math.hypot(dx, dy);
  if (distance >= least) return;
  const [outX, outY] = distance === 0 ? [1, 0] : [dx / distance, dy / distance];
  player.x = pillar.x + outX * least;
  player.y = pillar.y + outY * least;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
