import type { ConfigFile } from '@pomelo-ts/common/config';
import type { MasterSettings } from '../settings-types.js';
import { canonicalHost } from './canonical-host.js';
import type { Path } from './problems.js';
import { valueAt } from './schema-tree.js';
import type { PlacedServer } from './topology.js';

/** What a server wants for itself alone: its id, and ports of its host. */
export interface Claim {
  readonly id: string;
  readonly host: string;
  readonly port?: number;
  readonly clientPort?: number;
  /** Those of its further acceptors. */
  readonly acceptorPorts?: readonly number[];
  readonly clientListen?: string;
  readonly opsPort?: number;
  readonly opsListen?: string;
  readonly path: Path;
}

/** What the master wants for itself alone. */
export interface MasterClaims {
  readonly id: string;
  readonly addresses: readonly { readonly host: string; readonly port: number }[];
  readonly ops?: { readonly port: number; readonly listen: string };
}

const localhost = '127.0.0.1';
const defaultMasterPort = 3005;

/** The claims of all servers, also of entries that something else is wrong with: what is the same twice would else be told only later. */
export function claimsOf(placed: readonly PlacedServer[], file?: ConfigFile): Claim[] {
  const read = new Set(placed.map(({ path }) => path.join('\n')));
  const types = isObject(file?.value) ? Object.entries(file.value) : [];
  const rest = types.flatMap(([type, list]) =>
    (Array.isArray(list) ? list : []).flatMap((raw: unknown, index) => {
      const path = [...file!.path, type, index];
      const known = read.has(path.join('\n')) || !isObject(raw) || raw['clusterCount'] !== undefined;
      return known ? [] : claimOf(raw, path);
    }),
  );
  return [
    ...placed.map(({ server, path }) => ({ ...portsOf(server), id: server.id, host: server.host, path })),
    ...rest,
  ];
}

/** As far as can be told when something is wrong in master.json, too. */
export function masterClaims(master: MasterSettings | undefined, file?: ConfigFile): MasterClaims {
  if (master) {
    const { id, masters: addresses, opsPort, opsListen } = master;
    return { id, addresses, ...(opsPort !== undefined && { ops: { port: opsPort, listen: opsListen } }) };
  }
  const at = (key: string) => valueAt(file?.value, [key]);
  const [id = 'master', host = localhost, port = defaultMasterPort] = [at('id'), at('host'), at('port')];
  const addresses = typeof host === 'string' && typeof port === 'number' ? [{ host, port }] : [];
  return { id: String(id), addresses };
}

function claimOf(raw: Readonly<Record<string, unknown>>, path: Path): Claim[] {
  const { id, host = localhost } = raw;
  if (typeof id !== 'string' || typeof host !== 'string') return [];
  return [{ ...portsOf(raw), id, host: canonicalHost(host), path }];
}

function portsOf(
  from: object,
): Pick<Claim, 'port' | 'clientPort' | 'acceptorPorts' | 'clientListen' | 'opsPort' | 'opsListen'> {
  const {
    port,
    clientPort,
    acceptors,
    clientListen,
    opsPort,
    opsListen = localhost,
  } = from as Readonly<Record<string, unknown>>;
  return {
    ...(typeof port === 'number' && { port }),
    ...(typeof clientPort === 'number' && { clientPort }),
    ...(Array.isArray(acceptors) && { acceptorPorts: acceptors.map(portOf) }),
    ...(typeof clientListen === 'string' && { clientListen: canonicalHost(clientListen) }),
    ...(typeof opsPort === 'number' && { opsPort }),
    ...(typeof opsListen === 'string' && { opsListen: canonicalHost(opsListen) }),
  };
}

/** The port of an acceptor; NaN where something is wrong with it, which is told elsewhere. */
function portOf(acceptor: unknown): number {
  const port = isObject(acceptor) ? acceptor['port'] : undefined;
  return typeof port === 'number' ? port : Number.NaN;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
