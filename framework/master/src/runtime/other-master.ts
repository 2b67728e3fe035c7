import type { ServerEntry } from '@pomelo-ts/cluster';
import type { MasterAddress } from '@pomelo-ts/cluster/internal';
import { type Clock, delay, PomeloError } from '@pomelo-ts/common';
import type { Hosts, UnprovedClaim } from '../hosts/hosts.js';
import { inOneLine } from '../hosts/said.js';
import { proofOf } from '../leadership/leader-at.js';
import type { Acting } from '../processes/acting-master.js';
import type { ProcessHost } from '../processes/process-host.js';
import type { ServerElsewhere, ServerPlace } from '../processes/process-marks.js';

/** A sign of life that comes so long after this has begun to look, in ms, is of a master that leads: it gives one every two seconds. */
const lastSignMs = 3000;
/** How long one that is silent may take to be gone from all hosts, in ms: its host agents give it up before. */
const goneMs = 20_000;
const lookMs = 100;
/** Most servers that an error names, and most characters of what a host has written. */
const mostNamed = 3;
const mostChars = 120;

/** What {@link requireAlone} works with. */
export interface OthersParts {
  readonly hosts: Pick<Hosts, 'all' | 'isHere' | 'leaveOut'>;
  readonly servers: readonly ServerEntry[];
  readonly clock: Clock;
  /** The master that leads at a place, as it proves itself; undefined when none does. */
  leaderAt(place: MasterAddress): Promise<string | undefined>;
}

/** A claim of a host, and the error of a start where all hosts say the like. */
interface Claim extends UnprovedClaim {
  readonly ifAllSay: PomeloError;
}

/**
 * Looks whether somebody else acts on these hosts, for a master that shares no store with others: two that act on the same hosts would end
 * and start each other's servers. Another master leads when it proves that, and what this machine says is believed. What another host says
 * without a proof costs that host alone: it is left out for as long as it says so. Gives the names of hosts that could not be asked or are
 * left out.
 *
 * @throws MASTER_LEADS, SERVERS_ELSEWHERE
 */
export async function requireAlone(parts: OthersParts): Promise<readonly string[]> {
  const { hosts } = parts;
  const claims = new Map<string, Claim>();
  const unreached = await waitForOthers(parts, claims);
  const reached = hosts.all.filter(({ name }) => !unreached.includes(name));
  await lookElsewhere(
    parts,
    reached.filter(({ name }) => !claims.has(name)),
    claims,
  );
  return [...unreached, ...leftOut(hosts, reached, claims)];
}

/**
 * Looks whether a game in another folder runs these servers, for a master that shares a store with others, which tells who leads. Says of
 * hosts what {@link requireAlone} says.
 *
 * @param where the hosts that are asked
 * @throws SERVERS_ELSEWHERE
 */
export async function requireOwnServers(
  parts: Pick<OthersParts, 'hosts' | 'servers'>,
  where: readonly ProcessHost[],
): Promise<readonly string[]> {
  const claims = new Map<string, Claim>();
  const unreached = await lookElsewhere(parts, where, claims);
  const reached = where.filter(({ name }) => !unreached.includes(name));
  return [...unreached, ...leftOut(parts.hosts, reached, claims)];
}

/** Leaves hosts out for what they claim. @throws when all that were reached claim the like: nothing would be left to act on */
function leftOut(
  hosts: Pick<Hosts, 'leaveOut'>,
  reached: readonly ProcessHost[],
  claims: ReadonlyMap<string, Claim>,
): readonly string[] {
  const [first] = claims.values();
  if (first && reached.every(({ name }) => claims.has(name))) throw first.ifAllSay;
  for (const [name, claim] of claims) hosts.leaveOut(name, claim);
  return [...claims.keys()];
}

/** What a master that has ended just now has left is waited for. Gives the hosts that could not be asked: a start tells of those. */
async function waitForOthers(
  { hosts, clock, leaderAt }: OthersParts,
  claims: Map<string, Claim>,
): Promise<readonly string[]> {
  const begun = clock.now();
  for (;;) {
    const asked = hosts.all.filter(({ name }) => !claims.has(name));
    const { found, unreached } = await othersOn(asked);
    if (found.length === 0) return unreached;
    const lookedMs = clock.now() - begun;
    const judged = found.filter(({ acting }) => acting.silentMs < lookedMs - lastSignMs || lookedMs > goneMs);
    const judge = async ({ host, acting }: (typeof found)[number]) => {
      const told = shown(acting.leader);
      const leader = hosts.isHere(host.name) ? told : await proofOf(host.name, acting.at, leaderAt);
      const leads = (name: string) => new PomeloError('MASTER_LEADS', { leader: name, host: host.name });
      if (leader !== undefined) throw leads(shown(leader));
      claims.set(host.name, {
        error: claimed(host.name, `another master leads there: ${told}`),
        stands: async () => (await host.acting()) !== undefined,
        ifAllSay: leads(told),
      });
    };
    await Promise.all(judged.map(judge));
    await delay(lookMs, clock);
  }
}

async function othersOn(hosts: readonly ProcessHost[]) {
  const found: { readonly host: ProcessHost; readonly acting: Acting }[] = [];
  const unreached: string[] = [];
  const ask = async (host: ProcessHost) => {
    try {
      const acting = await host.acting();
      if (acting) found.push({ acting, host });
    } catch {
      unreached.push(host.name);
    }
  };
  await Promise.all(hosts.map(ask));
  return { found, unreached };
}

/**
 * Looks whether a game in another folder runs these servers: the next master there would take them over, while one here would have them
 * end and start others in their place. Gives the hosts that could not be asked: they tell nothing.
 */
async function lookElsewhere(
  { hosts, servers }: Pick<OthersParts, 'hosts' | 'servers'>,
  reached: readonly ProcessHost[],
  claims: Map<string, Claim>,
): Promise<readonly string[]> {
  const unreached: string[] = [];
  const ask = async (host: ProcessHost) => {
    const own = servers.filter((server) => server.host === host.name).map(placeOf);
    if (own.length === 0) return;
    const said = await host.elsewhere(own).catch(() => undefined);
    if (!said) unreached.push(host.name);
    const found = ofThese(own, said ?? []);
    if (found.length === 0) return;
    const told = { servers: namesOf(found), folder: shown(found[0]!.root), host: host.name };
    const error = new PomeloError('SERVERS_ELSEWHERE', told);
    if (hosts.isHere(host.name)) throw error;
    claims.set(host.name, {
      error: claimed(host.name, `a game in the folder ${told.folder} there runs ${told.servers}`),
      stands: async () => ofThese(own, await host.elsewhere(own)).length > 0,
      ifAllSay: error,
    });
  };
  await Promise.all(reached.map(ask));
  return unreached;
}

/** What a host says of servers that are not its own is nothing. */
function ofThese(own: readonly ServerPlace[], found: readonly ServerElsewhere[]): readonly ServerElsewhere[] {
  return found.filter(({ id, port }) =>
    own.some((server) => server.id === id && server.ports.includes(port)),
  );
}

function namesOf(found: readonly ServerElsewhere[]): string {
  const more = found.length > mostNamed ? ` and ${found.length - mostNamed} more` : '';
  const named = found.slice(0, mostNamed).map(({ id, pid, port }) => `${id} (pid ${pid}, port ${port})`);
  return named.join(', ') + more;
}

const claimed = (host: string, claim: string) => new PomeloError('HOST_CLAIMED', { host, claim });

const shown = (text: string): string => inOneLine(text, mostChars);

const placeOf = ({ id, host, port, clientPort, acceptors = [], opsPort }: ServerEntry): ServerPlace => ({
  id,
  host,
  ports: [port, clientPort, opsPort, ...acceptors.map((one) => one.port)].filter((one) => one !== undefined),
});
