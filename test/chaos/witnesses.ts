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
  /** Uids of sessions that are nowhere, by the directory, while this server was told no end of them. */
  readonly ended: readonly string[];
}

/** How old a word of the directory may be, in ms. */
const wordMs = 2000;

/** What chat servers have been told of late. */
function freshWords(folder: string, now: number): readonly (DirectoryWord & { readonly by: string })[] {
  return readdirSync(folder)
    .filter((file) => !file.endsWith('.new'))
    .map((file) => ({ by: file, ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as DirectoryWord) }))
    .filter(({ at }) => now - at < wordMs);
}

const noWord = `nobody was told anything in the last ${wordMs} ms`;

/** What the witnesses of the directory should be told. */
interface DirectoryTruth {
  /** All who ask it: each must have been told of late. */
  readonly witnesses: readonly string[];
  /** Each player, and the host that it is connected to. */
  readonly seats: readonly string[];
  readonly now: number;
}

/** How what the directory of uids tells any of its witnesses differs from who is connected; undefined when it does not. */
export function problemOfDirectory(
  folder: string,
  { witnesses, seats, now }: DirectoryTruth,
): string | undefined {
  if (seats.length === 0) return 'nobody is connected, so that nobody can be missing';
  const words = new Map(freshWords(folder, now).map((word) => [word.by, word]));
  for (const by of witnesses) {
    const word = words.get(by);
    if (!word) return `${by} was told nothing in the last ${wordMs} ms`;
    const { online, count } = word;
    const missing = seats.filter((seat) => !online.includes(seat));
    const extra = online.filter((seat, at) => !seats.includes(seat) || online.indexOf(seat) < at);
    if (missing.length + extra.length > 0)
      return `${by} is told without [${missing}] and with [${extra}] too many`;
    if (count !== seats.length) return `${by} is told of ${count} uids, and ${seats.length} are connected`;
  }
  return undefined;
}

/** Which sessions chat servers keep though they have ended; undefined when none does. */
export function problemOfEnds(folder: string, now: number): string | undefined {
  const words = freshWords(folder, now);
  if (words.length === 0) return noWord;
  const wrong = words.find(({ ended }) => ended.length > 0);
  return wrong && `${wrong.by} was told no end of sessions of [${wrong.ended.slice(0, 5)}]`;
}
