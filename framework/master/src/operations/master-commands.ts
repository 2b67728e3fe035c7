import type { ServerEntry } from '@pomelo-ts/cluster';
import type { MasterParts } from '../master-parts.js';
import { rekey } from '../secret/rekey.js';
import { noteSecretNames } from '../secret/secret-names.js';
import { hostFacts } from '../servers/host-facts.js';
import { masterRow, rowOf, type ServerRow } from '../servers/server-row.js';
import type { Commanded } from './commanded.js';

/** What a master that leads does for operators. */
export interface MasterCommands extends Commanded {
  /** The servers of the topology. */
  readonly entries: readonly ServerEntry[];
}

/** Has the parts of a master do what operators ask for. `close` ends the master, once an answer that is under way has gone. */
export function createMasterCommands(parts: MasterParts, close: () => void): MasterCommands {
  const { options, listening, topology, hub, supervisor, clock, leader } = parts;
  const {
    servers,
    draining,
    changes,
    claims,
    logs,
    long,
    views,
    hostPages,
    configs,
    profiles,
    users,
    traces,
    pushes,
    logLevels,
    remotes,
    evaluating,
    inspecting,
    leases,
    blacklist,
    accounts,
    approvals,
    audit,
  } = parts;
  const { keys, rereadKeys: reread, resign, config } = options;
  const list = (): readonly ServerRow[] =>
    supervisor.records.map((record) => rowOf(record, hub, clock.now()));
  const tellKeys = () => {
    noteSecretNames(config.root, keys.names);
    return hub.rekey();
  };
  return {
    ...{
      servers,
      draining,
      changes,
      claims,
      logs,
      long,
      views,
      hostPages,
      configs,
      profiles,
      users,
      traces,
      pushes,
      logLevels,
      remotes,
      evaluating,
      inspecting,
      leases,
      blacklist,
      accounts,
      approvals,
      audit,
      list,
    },
    get entries() {
      return topology.servers;
    },
    get leads() {
      return { leads: true, env: config.env, leader: leader() };
    },
    describe: () =>
      masterRow(listening.address, { ...hub.measures.counts(), ...listening.measures?.counts() }),
    hosts: () => hostFacts(hub, list(), Date.now),
    select: (selection) => topology.select(selection),
    rekey: () => rekey({ keys, reread, tell: tellKeys, ...(resign && { resign }) }),
    async end(onProgress) {
      const killed = await supervisor.stop(topology.select({}), onProgress);
      setImmediate(close); // the answer goes first
      return killed;
    },
  };
}
