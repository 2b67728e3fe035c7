import type { Slot } from '../../../app/contract.js';

/** Far apart for slots that follow each other, and never red: that is the hunter's. */
const hues = [205, 85, 45, 285, 165, 25, 245, 125, 325, 185];

export function colorOf(slot: Slot, lightness = 62): string {
  const index = slot - 1;
  const hue = hues[index % hues.length]! + 9 * Math.floor(index / hues.length);
  return `hsl(${hue} 78% ${lightness}%)`;
}
