import { type ClusterKeys, dialSecure, type ServerEntry } from '@pomelo-ts/cluster';
import type { MasterAddress } from '@pomelo-ts/cluster/internal';
import { backOff, isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';
import { hostPort } from '@pomelo-ts/common/internal';
import type { ClaimRequest } from '@pomelo-ts/master';
import { connectMaster } from '../../master-client.js';

/** What {@link claimServer} needs. */
export interface ClaimOptions {
  /** Where a master may be. */
  readonly masters: readonly MasterAddress[];
  readonly keys: ClusterKeys;
  readonly wish: ClaimRequest;
  /** Tells a person why it waits. */
  say(line: string): void;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
}

/** The server that may be run, and the master that has said so. */
export interface Claimed {
  readonly entry: ServerEntry;
  readonly master: MasterAddress;
}

/** Waits between two tries: the first when a master has just gone, the longest while it stays away. */
const wait = { minMs: 100, maxMs: 2000 };

/**
 * Asks the masters, again and again, for a server to run; undefined when `signal` comes first.
 *
 * @throws SECRET_OTHER, SERVER_NOT_IN_TOPOLOGY, which no waiting mends
 */
export async function claimServer(options: ClaimOptions): Promise<Claimed | undefined> {
  const { masters, say, signal } = options;
  let said = '';
  for (let attempt = 0; !signal.aborted; attempt++) {
    const reasons: string[] = [];
    for (const master of masters) {
      const answer = await ask(master, options);
      if ('entry' in answer) return { entry: answer.entry, master };
      reasons.push(answer.reason);
    }
    const reason = reasons.join('; ');
    if (reason !== said) say(`waits: ${reason}`);
    said = reason;
    await sleep(backOff(attempt, wait), signal);
  }
  return undefined;
}

/** Tells the master that the process has ended, so that the server is free at once if it never joined. */
export async function returnClaim(
  { entry, master }: Claimed,
  bootId: string,
  keys: ClusterKeys,
): Promise<void> {
  try {
    const client = await connectMaster({ dial: () => dialSecure(master, keys.operator) });
    await client.operate('servers.release', { id: entry.id, bootId });
    client.close();
  } catch {
    // No master, no claim: the next one gives it away anew, and this one after a while.
  }
}

async function ask(
  { host, port }: MasterAddress,
  { keys, wish, signal }: ClaimOptions,
): Promise<{ readonly entry: ServerEntry } | { readonly reason: string }> {
  try {
    const client = await connectMaster({ dial: () => dialSecure({ host, port }, keys.operator) });
    const leave = () => client.close(); // a master that hangs must not keep this process
    signal.addEventListener('abort', leave);
    try {
      const answer = await client.operate('servers.claim', wish);
      return 'granted' in answer ? { entry: answer.granted } : { reason: answer.taken };
    } finally {
      signal.removeEventListener('abort', leave);
      client.close();
    }
  } catch (error) {
    if (isPomeloError(error, 'PROOF_WRONG')) throw secretOther(host, port);
    if (isPomeloError(error, 'COMMAND_FAILED')) {
      if ((error.cause as { code?: string }).code === 'SERVER_NOT_IN_TOPOLOGY') throw error;
      return { reason: reasonOf(error) }; // such as a master that is busy or does not lead
    }
    return { reason: `no master answers at ${hostPort(host, port)} (${codeOf(error)})` };
  }
}

const secretOther = (host: string, port: number) =>
  new PomeloError('MASTER_UNREACHABLE', {
    host,
    port,
    reason:
      'it has another secret; give this host the one of the cluster (POMELO_TS_SECRET or .pomelo-ts/secret)',
  });

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code ?? reasonOf(error);

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, ms);
    function end(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    }
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}
