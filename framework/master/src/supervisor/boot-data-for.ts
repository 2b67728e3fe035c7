import { join } from 'node:path';
import type { ClusterConfig, ClusterKeys } from '@pomelo-ts/cluster';
import type { BootData } from '@pomelo-ts/cluster/internal';
import { dialable } from '@pomelo-ts/common/internal';

/** Which process is told, by which master. */
export interface BootFacts {
  readonly id: string;
  readonly bootId: string;
  /** Where the master listens. */
  readonly address: { readonly host: string; readonly port: number };
  readonly term: number;
}

/** What all processes of a master are told alike. */
export interface BootOptions {
  readonly config: ClusterConfig;
  readonly keys: ClusterKeys;
  readonly buildId: string;
  readonly print?: (line: string) => void;
  readonly exitWithParent?: boolean;
  readonly verbose?: boolean;
}

/** What a new process of a server is told on its standard input. Paths and addresses are those of the master's host. */
export function bootDataFor(options: BootOptions, { id, bootId, address, term }: BootFacts): BootData {
  const { config, keys, buildId, print, exitWithParent = false, verbose = false } = options;
  const { root, master } = config;
  const { host, port } = address;
  const others = master.masters.filter((one) => one.host !== host || one.port !== port);
  const masters = [{ host: dialable(host), port }, ...others];
  const log = print ? {} : { log: { file: join(root, 'logs', `${id}.log`), ...master.log } };
  return {
    id,
    bootId,
    masters,
    keys: keys.ofServer(id),
    buildId,
    root,
    exitWithParent,
    term,
    ...log,
    ...(verbose && { verbose }),
  };
}
