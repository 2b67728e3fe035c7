import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The time in ms during which one holder wrote that it has the lease. */
interface Held {
  readonly token: number;
  readonly who: string;
  readonly from: number;
  readonly to: number;
}

/** What is wrong with the times at which the chat servers of a run wrote that they hold one lease; nothing when no two held it at once. */
export function problemsOfLeases(folder: string): {
  /** Times that a lease was taken. */
  readonly holders: number;
  /** When one last wrote that it has it, in ms of the monotonic clock. */
  readonly lastHeld: number;
  readonly problems: readonly string[];
} {
  const held = readdirSync(folder)
    .flatMap((file) => timesOf(file, readFileSync(join(folder, file), 'utf8')))
    .sort((one, other) => one.from - other.from);
  const problems = held.flatMap((next, at) => {
    const last = held[at - 1];
    if (!last) return [];
    const wrong = [];
    if (last.to >= next.from)
      wrong.push(`${last.who} held it until ${last.to}, ${next.who} from ${next.from}`);
    if (last.token >= next.token) wrong.push(`${next.who} got the token ${next.token} after ${last.token}`);
    return wrong;
  });
  const lastHeld = Math.max(0, ...held.map(({ to }) => to));
  return { holders: held.length, lastHeld, problems };
}

function timesOf(who: string, text: string): Held[] {
  const times = new Map<number, { from: number; to: number }>();
  for (const line of text.split('\n').filter(Boolean)) {
    const [token = 0, at = 0] = line.split(' ').map(Number);
    const known = times.get(token);
    times.set(token, { from: known?.from ?? at, to: at });
  }
  return [...times].map(([token, { from, to }]) => ({ token, who, from, to }));
}
