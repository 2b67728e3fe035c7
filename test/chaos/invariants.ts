import type { PlayersReport } from './players.js';

/**
 * What a game promises whatever is done to it, as a run looks for it. Each has a mutation of the product in `mutations/` that breaks it, and
 * that a run must tell.
 */
export const promises = [
  'calls are answered',
  'every call settles',
  'calls are answered once',
  'each is given the answer to its own call',
  'pushes come',
  'what is said stays in its room',
  'pushes come once',
  'who has left a channel hears no more of it',
  'faults are felt',
  'somebody holds the lease',
  'no lease is held twice',
  'no server runs twice',
  'all servers are watched',
  'list and processes agree',
  'every client plays',
  'membership is who is connected',
  'the directory of uids is who is connected',
  'backends are told of ends',
  'everybody hears everybody in the room',
  'the lease is held again',
  'nobody is cut in the calm',
  'every command ends',
  'stop leaves nothing behind',
] as const;

export type Promised = (typeof promises)[number];

/** A line on a promise that was not kept. */
export const broken = (promise: Promised, what: string): string => `${promise}: ${what}`;

/** Longest time that a server may have two processes: until the one that was replaced is fenced, in ms. */
const fencingMs = 6000;

/** What a run has seen from outside, from its begin to its end. */
export interface Observed {
  /** What players have told at the end, after they had stopped to send. */
  readonly report: Omit<PlayersReport, 'byRoom' | 'seats' | 'playing' | 'idle' | 'deaf'>;
  /** Faults that have ended processes which players were connected to. */
  readonly cutting: number;
  /** Faults that found nothing to be done to. */
  readonly idle: readonly string[];
  /** Times that a lease was taken, and what was wrong with that. */
  readonly leases: { readonly holders: number; readonly problems: readonly string[] };
  /** Longest time in ms that a server had two processes, by the id of each that was seen. */
  readonly secondLives: ReadonlyMap<string, number>;
  readonly serverIds: readonly string[];
  /** Commands that did not end. */
  readonly hung: readonly string[];
}

/**
 * What must hold all the while, whatever is done to the game. Each promise is looked at by something that would see it broken: who has
 * seen nothing at all is a problem, too.
 */
export function problemsOf(observed: Observed): string[] {
  const { cutting, idle, leases, secondLives, serverIds, hung } = observed;
  const longest = Math.round(Math.max(0, ...secondLives.values()));
  const unseen = serverIds.filter((id) => !secondLives.has(id));
  const { cuts } = observed.report;
  const wrong: readonly (readonly [boolean, Promised, string])[] = [
    ...wrongForPlayers(observed.report),
    [cuts === 0, 'faults are felt', `${cutting} ended what players were connected to, and nobody was cut`],
    [idle.length > 0, 'faults are felt', `there was nothing for ${idle.join(', ')}`],
    [leases.holders === 0, 'somebody holds the lease', 'nobody ever did'],
    [longest > fencingMs, 'no server runs twice', `one did for ${longest} ms`],
    [unseen.length > 0, 'all servers are watched', `${unseen.join(', ')} was not seen`],
  ];
  return [
    ...wrong.flatMap(([isSo, promise, what]) => (isSo ? [broken(promise, what)] : [])),
    ...leases.problems.map((problem) => broken('no lease is held twice', problem)),
    ...hung.map((command) => broken('every command ends', `${command} did not`)),
  ];
}

function wrongForPlayers(report: Observed['report']): (readonly [boolean, Promised, string])[] {
  const { sent, settled, asked, answered, unasked, strange, pushes, leaks, repeats, asides, late } = report;
  return [
    [asked < sent / 2 || answered === 0, 'calls are answered', `${answered} of ${asked} were, ${sent} begun`],
    [settled !== sent, 'every call settles', `${sent - settled} of ${sent} wait`],
    [unasked > 0, 'calls are answered once', `${unasked} answers were to none that waited`],
    [strange > 0, 'each is given the answer to its own call', `${strange} were not`],
    [pushes === 0, 'pushes come', 'none did'],
    [asides === 0, 'pushes come', 'none did to who was in a channel for a time'],
    [leaks > 0, 'what is said stays in its room', `${leaks} pushes did not`],
    [repeats > 0, 'pushes come once', `${repeats} came again`],
    [late > 0, 'who has left a channel hears no more of it', `${late} pushes came to such`],
  ];
}
