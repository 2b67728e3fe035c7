import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { ClusterConfig, ServerEntry } from '@pomelo-ts/cluster';
import { PomeloError } from '@pomelo-ts/common';

/**
 * Refuses servers whose host is no address of this machine, before anything is started.
 *
 * @throws HOST_ELSEWHERE with one line for each place in the topology's file.
 */
export async function refuseOtherHosts(
  config: Pick<ClusterConfig, 'root' | 'env'>,
  servers: readonly ServerEntry[],
): Promise<void> {
  const hosts = [...new Set(servers.map(({ host }) => host))];
  const reasons = await Promise.all(hosts.map(whyElsewhere));
  const wrong = new Map(hosts.map((host, index) => [host, reasons[index]]));
  if (reasons.every((reason) => reason === undefined)) return;
  const placeOf = await placesOfHosts(config);
  const idsAt = new Map<string, string[]>(); // copies of one entry share its place
  for (const { id, host } of servers) {
    if (wrong.get(host) === undefined) continue;
    const line = `${placeOf(id)}: ${wrong.get(host)}`;
    idsAt.set(line, [...(idsAt.get(line) ?? []), id]);
  }
  throw elsewhere([...idsAt].map(([line, ids]) => `${line} (for ${ids.join(', ')})`));
}

/** The error for hosts that are not here; each of `problems` tells place and reason. */
export function elsewhere(problems: readonly string[]): PomeloError {
  const own = addresses().filter((address) => isIP(address) === 4);
  return new PomeloError('HOST_ELSEWHERE', {
    own: own.join(', '),
    problems: problems.map((problem) => `  ${problem}`).join('\n'),
  });
}

/** Why nobody can listen at `host` on this machine; undefined when it is one of its addresses, or a name of one. */
export async function whyElsewhere(host: string): Promise<string | undefined> {
  const plain = host.replace(/%.*$/, ''); // the zone of an IPv6 address
  if (isIP(plain) !== 0) return isHere(plain) ? undefined : `${host} is no address of this machine`;
  try {
    const { address } = await lookup(host); // the first one, as listening takes it too
    return isHere(address) ? undefined : `${host} means ${address}, which is no address of this machine`;
  } catch (error) {
    return `the name ${host} cannot be found (${(error as NodeJS.ErrnoException).code})`;
  }
}

const addresses = () =>
  Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []);

function isHere(address: string): boolean {
  const own = new BlockList();
  own.addSubnet('127.0.0.0', 8);
  own.addAddress('0.0.0.0');
  own.addAddress('::', 'ipv6');
  for (const known of addresses()) {
    const plain = known.replace(/%.*$/, '');
    own.addAddress(plain, familyOf(plain));
  }
  return own.check(address, familyOf(address));
}

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** Tells where the host of a server stands: file and path. */
async function placesOfHosts(source: Pick<ClusterConfig, 'root' | 'env'>): Promise<(id: string) => string> {
  const { explainConfig } = await import('@pomelo-ts/cluster/config'); // heavy, and only needed for an error
  try {
    const values = new Map(explainConfig(source).map(({ path, from }) => [path, from]));
    return (id) => values.get(`servers.${id}.host`) ?? `servers.json: host of ${id}`;
  } catch {
    return (id) => `servers.json: host of ${id}`; // the file has changed since, and is wrong now
  }
}
