import type { PlayersReport } from './players.js';

/** Longest time that a server may have two processes: until the one that was replaced is fenced, in ms. */
const fencingMs = 6000;

/** What a run has seen from outside, from its begin to its end. */
export interface Observed {
  /** What players have told at the end, after they had stopped to send. */
  readonly report: Omit<PlayersReport, 'byRoom' | 'seats' | 'playing' | 'idle' | 'deaf'>;
  /** Faults that have ended processes which players were connected to. */
  readonly cutting: number;
  /** Times that a lease was taken, and what was wrong with that. */
  readonly leases: { readonly holders: number; readonly problems: readonly string[] };
  /** How often each witness was told by the directory of uids, in the life that it is in. */
  readonly directory: ReadonlyMap<string, number>;
  /** Longest time in ms that a server had two processes, by the id of each that was seen. */
  readonly secondLives: ReadonlyMap<string, number>;
  readonly serverIds: readonly string[];
}

/**
 * What must hold all the while, whatever is done to the game. Each promise is looked at by something that would see it broken: who has
 * seen nothing at all is a problem, too.
 */
export function problemsOf({
  report,
  cutting,
  leases,
  directory,
  secondLives,
  serverIds,
}: Observed): string[] {
  const { sent, settled, asked, answered, unasked, strange, pushes, leaks, repeats, cuts } = report;
  const longest = Math.round(Math.max(0, ...secondLives.values()));
  const untold = [...directory].flatMap(([id, words]) => (words === 0 ? [id] : []));
  const unseen = serverIds.filter((id) => !secondLives.has(id));
  const wrong: readonly (readonly [boolean, string])[] = [
    [asked < sent / 2 || answered === 0, `calls are answered: ${answered} of ${asked} were, ${sent} begun`],
    [settled !== sent, `every call settles: ${sent - settled} of ${sent} wait`],
    [unasked > 0, `calls are answered once: ${unasked} answers were to none that waited`],
    [strange > 0, `each is given the answer to its own call: ${strange} were not`],
    [pushes === 0, 'pushes come: none did'],
    [leaks > 0, `what is said stays in its room: ${leaks} pushes did not`],
    [repeats > 0, `pushes come once: ${repeats} came again`],
    [
      cutting > 0 && cuts === 0,
      `faults are felt: ${cutting} ended what players were connected to, and nobody was cut`,
    ],
    [leases.holders === 0, 'somebody holds the lease: nobody ever did'],
    [directory.size === 0, 'somebody asks the directory of uids: nobody ever did'],
    [untold.length > 0, `all witnesses ask the directory of uids: ${untold.join(', ')} never did`],
    [longest > fencingMs, `no server runs twice: one did for ${longest} ms`],
    [unseen.length > 0, `all servers are watched: ${unseen.join(', ')} was not seen`],
  ];
  return [
    ...wrong.flatMap(([isSo, problem]) => (isSo ? [problem] : [])),
    ...leases.problems.map((problem) => `no lease is held twice: ${problem}`),
  ];
}
