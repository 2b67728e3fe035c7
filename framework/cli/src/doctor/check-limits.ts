import { openFilesLimit } from '@pomelo-ts/cluster';
import type { Check, Finding } from './finding.js';

/** What a server has open beside its clients: modules, its log, the link, a connection to each other server. */
const otherFiles = 256;

/** Whether each frontend may open as many sockets as it lets clients in. */
export const checkLimits: Check = ({ config, hosts }) => {
  if (!config) return [];
  const { maxConnections: usual } = config.settings.client;
  const own = openFilesLimit();
  const few = config.servers.flatMap(({ id, frontend, maxConnections = usual }): Finding[] => {
    const told = hosts.find(({ serverId }) => serverId === id);
    const limit = told ? told.openFiles : own;
    if (!frontend || maxConnections === undefined || limit === undefined) return [];
    const need = maxConnections + otherFiles;
    if (limit >= need) return [];
    const text = `${id} lets ${maxConnections} clients in, but ulimit -n ${told ? `of it is ${limit}` : `here is ${limit}`}`;
    const cure = `ulimit -n ${need} before the start (LimitNOFILE=${need} with systemd), or a lower max-connections`;
    return [{ check: 'limits', state: 'wrong', text, cure }];
  });
  if (few.length > 0) return few;
  const text =
    own === undefined ? 'the system does not tell how many files may be open' : `ulimit -n ${own} is enough`;
  return [{ check: 'limits', state: 'fine', text }];
};
