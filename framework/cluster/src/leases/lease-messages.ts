import { problemOfName } from '@pomelo-ts/common/internal';

/** Bounds on the time of a lease, in ms: a master that has lost its memory waits for the longest before it grants again. */
export const leaseTimes = { least: 1000, usual: 10_000, most: 60_000 } as const;

/** Longest name of a lease, in characters. */
export const longestLeaseName = 200;

/** What a server asks of the leases, by command of `MasterLink.ask`. */
export interface LeaseQuestions {
  'lease.take': { readonly name: string; readonly ttlMs: number };
  /** One of the leases `prefix` + 0 … `count` - 1 that nobody holds: that with the lowest mark. */
  'lease.takeOne': { readonly prefix: string; readonly count: number; readonly ttlMs: number };
  /** Goes on for the whole time from now, and raises the mark when one is given. */
  'lease.renew': {
    readonly name: string;
    readonly token: number;
    readonly ttlMs: number;
    readonly mark?: number;
  };
  'lease.release': { readonly name: string; readonly token: number };
}

/** What a server has got. */
export interface LeaseGrant {
  readonly name: string;
  /** Higher than that of every holder of this lease before. */
  readonly token: number;
  /** The lease is held for that long from when it was asked for, in ms. */
  readonly ttlMs: number;
  /** The highest number that any holder of this lease has ever written down for those after it; 0 at first. */
  readonly mark: number;
}

/** One life of a server, as it holds leases. */
export interface LeaseHolder {
  readonly id: string;
  readonly bootId: string;
}

/** What is wrong with the name of a lease; undefined when nothing is. */
export function problemOfLeaseName(name: unknown): string | undefined {
  const problem = problemOfName(name, longestLeaseName);
  if (problem) return problem;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return /[\u0000-\u001f\u007f]/.test(name as string) ? 'expected no control characters' : undefined;
}

/** The lease of the server that runs a cron for the whole cluster. */
export const leaseOfCron = (id: string): string => `cron/${id}`;
