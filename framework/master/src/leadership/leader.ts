import type { StoredValue } from '@pomelo-ts/cluster';
import { hostPort } from '@pomelo-ts/common/internal';

/** Key of the office in the coordination store. */
export const leaderKey = 'leader';
/** Key of what terms are above revisions. */
export const termBaseKey = 'term-base';

/** A master that leads, as it tells the others. */
export interface Leader {
  /** Where servers and operators dial it. */
  readonly host: string;
  readonly port: number;
  readonly pid: number;
  /** Name of its machine. */
  readonly hostName: string;
  readonly term: number;
}

/** What a master writes when it takes the office; its lease makes the text one that no other try has written. */
export type Candidate = Omit<Leader, 'term'>;

export const officeText = (candidate: Candidate, leaseId: string): string =>
  JSON.stringify({ ...candidate, lease: leaseId });

/** Who holds the office; undefined for a text that no master has written. */
export function leaderOf({ value, created }: StoredValue, termBase: number): Leader | undefined {
  try {
    const { host, port, pid, hostName } = JSON.parse(value) as Partial<Candidate>;
    if (typeof host !== 'string' || typeof port !== 'number') return undefined;
    return { host, port, pid: Number(pid), hostName: String(hostName), term: termBase + created };
  } catch {
    return undefined;
  }
}

/** Whether both are the same process. */
export const isSame = (a: Candidate, b: Candidate): boolean =>
  a.host === b.host && a.port === b.port && a.pid === b.pid && a.hostName === b.hostName;

/** `10.0.0.1:3005 (game-a, pid 123)`. */
export const showLeader = ({ host, port, hostName, pid }: Candidate): string =>
  `${hostPort(host, port)} (${hostName}, pid ${pid})`;
