import type { ArenaRules, Random } from './rules.js';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Places tried before the best one is taken. */
const tries = 12;

/** A random place outside all pillars, and of some tries the one farthest from everybody. */
export function freePlace(rules: ArenaRules, others: Iterable<Point>, random: Random): Point {
  const taken = [...others];
  let best: Point = { x: rules.radius, y: rules.radius };
  let bestDistance = -1;
  for (let i = 0; i < tries; i++) {
    const place = {
      x: rules.radius + random() * (rules.width - 2 * rules.radius),
      y: rules.radius + random() * (rules.height - 2 * rules.radius),
    };
    if (rules.pillars.some((pillar) => distance(pillar, place) < pillar.radius + rules.radius)) continue;
    const nearest = Math.min(rules.width, ...taken.map((other) => distance(other, place)));
    if (nearest > bestDistance) {
      best = place;
      bestDistance = nearest;
    }
  }
  return best;
}

export function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
