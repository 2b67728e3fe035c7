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

/** What a chat server has been told by the directory of uids. */
interface DirectoryWord {
  /** When it asked, in ms of the monotonic clock. */
  readonly at: number;
  /** Each session of the players' uids, and the host it is at; and how many uids are online. */
  readonly online: readonly string[];
  readonly count: number;
  /** How often this life of the server has been told, this time too. */
  readonly words: number;
}

/** What the witnesses of the directory should be told. */
interface DirectoryTruth {
  readonly witnesses: readonly string[];
  /** Each player, and the host that it is connected to. */
  readonly seats: readonly string[];
  readonly now: number;
}

/** How old a word of the directory may be, in ms. */
const wordMs = 2000;

/** When each chat server has asked the directory of uids last, and what it was told, by its id. */
export function wordsOfDirectory(folder: string): ReadonlyMap<string, DirectoryWord> {
  const files = readdirSync(folder).filter((file) => !file.endsWith('.new'));
  return new Map(files.map((file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8'))]));
}

/** How what the directory of uids tells any of its witnesses differs from who is connected; undefined when it does not. */
export function problemOfDirectory(
  words: ReadonlyMap<string, DirectoryWord>,
  { witnesses, seats, now }: DirectoryTruth,
): string | undefined {
  if (seats.length === 0) return 'nobody is connected, so that nobody can be missing';
  for (const by of witnesses) {
    const word = words.get(by);
    if (!word || now - word.at >= wordMs) return `${by} was told nothing in the last ${wordMs} ms`;
    const { online, count } = word;
    const missing = seats.filter((seat) => !online.includes(seat));
    const extra = online.filter((seat, at) => !seats.includes(seat) || online.indexOf(seat) < at);
    if (missing.length + extra.length > 0)
      return `${by} is told without [${missing}] and with [${extra}] too many`;
    if (count !== seats.length) return `${by} is told of ${count} uids, and ${seats.length} are connected`;
  }
  return undefined;
}
