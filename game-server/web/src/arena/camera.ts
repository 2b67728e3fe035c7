/** Which part of the arena is seen, in arena units, and how large. */
export interface View {
  readonly scale: number;
  /** What is in the middle. */
  readonly x: number;
  readonly y: number;
}

/** Smallest scale at which a player can be told from another, on a phone held in the hand. */
const smallest = 0.4;
/** Seen around the whole arena, in units. */
const margin = 24;
/** Seen beyond the walls when only a part is, so that nobody in a corner is under the dash button. */
const beyond = 260;

/** All of the arena where there is room for it, else the part around `eye`. */
export function viewOf(
  screen: { readonly width: number; readonly height: number },
  arena: { readonly width: number; readonly height: number },
  eye: { readonly x: number; readonly y: number },
): View {
  const whole = Math.min(
    screen.width / (arena.width + 2 * margin),
    screen.height / (arena.height + 2 * margin),
  );
  const scale = Math.max(whole, smallest);
  return {
    scale,
    x: middle(eye.x, arena.width, screen.width / scale),
    y: middle(eye.y, arena.height, screen.height / scale),
  };
}

function middle(eye: number, length: number, seen: number): number {
  if (seen >= length + 2 * margin) return length / 2;
  return Math.min(Math.max(eye, seen / 2 - beyond), length + beyond - seen / 2);
}
