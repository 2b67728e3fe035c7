import type { ClusterConfig } from '@pomelo-ts/cluster';
import { clientRoom, openFilesFor } from '@pomelo-ts/cluster/internal';
import { reasonOf } from '@pomelo-ts/common';
import type { HostFacts } from '@pomelo-ts/master';
import { checkStart } from '@pomelo-ts/master/internal';
import type { Check, Finding } from './finding.js';
import type { LookAround } from './look-around.js';

/** With room for fewer clients a frontend is told of, also where nothing says how many it is to let in. */
const fewClients = 1000;

/** Whether each frontend may open as many sockets as it lets clients in, and hosts have the cores and the memory that their servers ask for. */
export const checkLimits: Check = async ({ config, hosts, masterPid, look }) => {
  if (!config) return [];
  const around = await look;
  const own = masterPid === undefined ? 'of this shell' : `of the master (pid ${masterPid})`;
  const frontends = frontendsOf(config, hosts, around, own);
  const findings = [...fewFiles(frontends), ...fewCoresOrBytes(config, around)];
  if (findings.length > 0) return findings;
  const limits = frontends.flatMap(({ limit }) => limit ?? []);
  const least = Math.min(...limits);
  const text =
    limits.length === 0
      ? 'the system does not tell how many files may be open, or there is no frontend'
      : `each frontend has room for ${clientRoom(least).clients} clients or more (ulimit -n ${least})`;
  return [{ check: 'limits', state: 'fine', text }];
};

/** A frontend, and what may be open there. */
interface Frontend {
  readonly id: string;
  /** Clients that it is to let in; undefined for as many as it can. */
  readonly wanted: number | undefined;
  readonly limit: number | undefined;
  /** Whose limit that is, for a message. */
  readonly where: string;
  readonly overSsh: boolean;
}

function frontendsOf(
  { servers, settings }: ClusterConfig,
  hosts: readonly HostFacts[],
  { seen }: LookAround,
  own: string,
): Frontend[] {
  return servers.flatMap(
    ({ id, host, frontend, maxConnections: wanted = settings.client.maxConnections }) => {
      if (!frontend) return [];
      const told = hosts.find(({ serverId }) => serverId === id);
      const seenHost = seen.get(host);
      const limit = told ? told.openFiles : seenHost?.facts.openFiles;
      const where = told ? 'of it' : seenHost?.here ? own : `at ${host}`;
      return [{ id, wanted, limit, where, overSsh: seenHost?.here === false }];
    },
  );
}

function fewFiles(frontends: readonly Frontend[]): Finding[] {
  return frontends.flatMap(({ id, wanted, limit, where, overSsh }): Finding[] => {
    if (limit === undefined) return [];
    const { clients } = clientRoom(limit);
    if (clients >= (wanted ?? fewClients)) return [];
    const need = wanted === undefined ? 65_536 : openFilesFor(wanted);
    const less = wanted === undefined ? '' : ', or a lower max-connections';
    const cure = overSsh
      ? `LimitNOFILE=${need} in the unit of the SSH server there (or /etc/security/limits.conf)${less}`
      : `ulimit -n ${need} before the start (LimitNOFILE=${need} with systemd)${less}`;
    const text =
      wanted === undefined
        ? `${id} has room for ${clients} clients only, as ulimit -n ${where} is ${limit}`
        : `${id} lets ${wanted} clients in, but ulimit -n ${where} is ${limit}, which is enough for ${clients}`;
    return [{ check: 'limits', state: wanted === undefined ? 'note' : 'wrong', text, cure }];
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
