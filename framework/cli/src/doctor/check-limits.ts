import type { ClusterConfig } from '@pomelo-ts/cluster';
import { reasonOf } from '@pomelo-ts/common';
import { checkStart, type HostFacts } from '@pomelo-ts/master';
import type { Check, Finding } from './finding.js';
import type { LookAround } from './look-around.js';

/** What a server has open beside its clients: modules, its log, the link, a connection to each other server. */
const otherFiles = 256;

/** Whether each frontend may open as many sockets as it lets clients in, and hosts have the cores and the memory that their servers ask for. */
export const checkLimits: Check = async ({ config, hosts, masterPid, look }) => {
  if (!config) return [];
  const around = await look;
  const own = masterPid === undefined ? 'of this shell' : `of the master (pid ${masterPid})`;
  const wrong = [...fewFiles(config, hosts, around, own), ...fewCoresOrBytes(config, around)];
  if (wrong.length > 0) return wrong;
  const limits = [...around.seen.values()].map(({ facts }) => facts.openFiles);
  const known = [...new Set(limits.filter((limit) => limit !== undefined))];
  const text =
    known.length === 0
      ? 'the system does not tell how many files may be open'
      : `ulimit -n ${known.join(', ')} is enough`;
  return [{ check: 'limits', state: 'fine', text }];
};

function fewFiles(
  { servers, settings }: ClusterConfig,
  hosts: readonly HostFacts[],
  { seen }: LookAround,
  own: string,
): Finding[] {
  return servers.flatMap(({ id, host, frontend, maxConnections = settings.client.maxConnections }) => {
    const told = hosts.find(({ serverId }) => serverId === id);
    const seenHost = seen.get(host);
    const limit = told ? told.openFiles : seenHost?.facts.openFiles;
    if (!frontend || maxConnections === undefined || limit === undefined) return [];
    const need = maxConnections + otherFiles;
    if (limit >= need) return [];
    const where = told ? 'of it' : seenHost?.here ? own : `at ${host}`;
    const text = `${id} lets ${maxConnections} clients in, but ulimit -n ${where} is ${limit}`;
    const overSsh = seenHost?.here === false;
    const cure = overSsh
      ? `LimitNOFILE=${need} in the unit of the SSH server there (or /etc/security/limits.conf), or a lower max-connections`
      : `ulimit -n ${need} before the start (LimitNOFILE=${need} with systemd), or a lower max-connections`;
    return [{ check: 'limits', state: 'wrong', text, cure }];
  });
}

function fewCoresOrBytes({ servers }: ClusterConfig, { seen }: LookAround): Finding[] {
  return [...seen].flatMap(([name, { facts }]) => {
    const own = servers.filter(({ host }) => host === name);
    // how many files may be open was looked at above, from what runs where it does
    const asked = own.map(({ id, args, cpu }) => ({ id, args, ...(cpu !== undefined && { cpu }) }));
    try {
      return checkStart(name, facts, asked).map((warning): Finding => {
        const [text = warning, cure] = warning.split(': expected ');
        return { check: 'limits', state: 'wrong', text, ...(cure && { cure: `expected is ${cure}` }) };
      });
    } catch (error) {
      const cure = 'name cores that the host has in cpu of servers.json, or leave it out';
      return [{ check: 'limits', state: 'wrong', text: reasonOf(error), cure }];
    }
  });
}
