import { setTimeout as sleep } from 'node:timers/promises';
import { type ClusterKeys, dialSecure } from '@pomelo-ts/cluster';
import { type MasterAddress, secretVariable } from '@pomelo-ts/cluster/internal';
import { isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';
import { dialable, hostPort } from '@pomelo-ts/common/internal';
import type { ServerRow } from '@pomelo-ts/master';
import {
  isAlive,
  leftOnThisHost,
  RuntimeFile,
  type RuntimeState,
  whyElsewhere,
} from '@pomelo-ts/master/internal';
import { environmentsOf } from './environments.js';
import { envOf, requireOwnGame } from './game.js';
import { connectMaster, type MasterClient } from './master-client.js';
import { type MasterPlace, masterOnThisHost } from './master-state.js';
import { type OwnKeys, ownKeys } from './own-keys.js';
import { hasSharedStore } from './shared-store.js';
import { count } from './view/units.js';

/** The master that runs for a game, connected. */
export interface RunningMaster {
  readonly client: MasterClient;
  readonly state: RuntimeState;
  /** Whether it is not the master of this machine that answers, but the one that leads elsewhere. */
  readonly remote?: boolean;
}

/** A master that is about to be asked; its environment where that is known. */
interface AskedMaster extends MasterPlace {
  readonly env?: string | undefined;
}

/**
 * Connects to the master that runs for the game at `root`; undefined when none does. With `before` one that began after this process is none.
 *
 * @throws MASTER_UNREACHABLE, MASTER_HANGS, SECRET_OTHER, START_UNDER_WAY
 */
export async function findMaster(
  root: string,
  env?: string,
  who: { readonly before?: boolean } = {},
): Promise<RunningMaster | undefined> {
  const found = await findOwnMaster(root, env, who);
  if (!found?.state.standby) return found;
  const { client, state, keys } = found;
  try {
    return await followToLeader(client, state, keys);
  } catch (error) {
    if (isPomeloError(error, 'NO_LEADER') || isPomeloError(error, 'MASTER_UNREACHABLE')) throw error;
    throw unreachable(state, { host: state.host, port: state.port, reason: reasonOf(error) });
  }
}

/** The master that runs on this host, be it one that leads or that stands by; undefined when there is none. */
async function findOwnMaster(
  root: string,
  env?: string,
  who: { readonly before?: boolean } = {},
): Promise<(RunningMaster & { readonly keys: ClusterKeys }) | undefined> {
  requireOwnGame(root);
  const found = masterOnThisHost(root, who);
  if (!found) return undefined;
  const { state, pid, places } = found;
  if (places.length === 0) throw new PomeloError('START_UNDER_WAY', { directory: root, pid });
  if (state) requireEnv(state, env);
  const secret = await ownKeys({ root, env: state?.env ?? envOf({ env }), create: false });
  const asked = await connectToOne(places, secret, state?.env ?? env);
  if (!asked) return undefined;
  const { client, place } = asked;
  const { keys } = secret;
  if (state) return { client, state, keys };
  try {
    return { client, state: await askState(client, place, env), keys };
  } catch (error) {
    client.close();
    throw error;
  }
}

/** A process may listen for others than operators as well, a debugger say. @throws what kept the first from answering */
async function connectToOne(places: readonly MasterPlace[], secret: OwnKeys, env: string | undefined) {
  const errors: unknown[] = [];
  for (const place of places) {
    try {
      const client = await connectTo({ ...place, env }, secret);
      if (client) return { client, place };
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return undefined;
}

/** Undefined where nothing listens: the pid of the master may have been given to another process. */
async function connectTo(place: AskedMaster, secret: OwnKeys): Promise<MasterClient | undefined> {
  const { port } = place;
  const host = dialable(place.host);
  try {
    const dial = () => dialSecure({ host, port }, secret.keys.operator);
    const silent = (reason: string) => unreachable(place, { host, port, reason });
    return await connectMaster({ dial, silent });
  } catch (error) {
    if (isPomeloError(error, 'PROOF_WRONG')) throw otherSecret(place, secret);
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return undefined;
    throw unreachable(place, { host, port, reason: reasonOf(error) });
  }
}

/** What a master tells of itself that has no file. @throws ENV_OTHER */
async function askState(
  client: MasterClient,
  { pid, host, port }: MasterPlace,
  asked: string | undefined,
): Promise<RuntimeState> {
  const { leads, env } = await client.operate('leader.read', {});
  const state = { pid, host, port, env, ...(!leads && { standby: true }) };
  requireEnv(state, asked);
  return state;
}

/** A master whose process lives and is silent hangs: its pid and what ends it are what an operator needs. */
function unreachable(
  { pid, env }: AskedMaster,
  facts: { host: string; port: number; reason: string },
): PomeloError {
  if (!isAlive(pid)) return new PomeloError('MASTER_UNREACHABLE', facts);
  const cure = `kill -9 ${pid} ends it, and pomelo-ts start${environmentOption(env)} -D begins one that takes over`;
  return new PomeloError('MASTER_HANGS', { ...facts, pid, cure });
}

/** The master that leads, as a standby knows it. @throws NO_LEADER */
async function followToLeader(
  standby: MasterClient,
  state: RuntimeState,
  keys: ClusterKeys,
): Promise<RunningMaster> {
  const { leads, leader } = await standby.operate('leader.read', {});
  if (leads) return { client: standby, state };
  standby.close();
  if (!leader) throw new PomeloError('NO_LEADER', { host: state.host, port: state.port });
  const { host, port, pid } = leader;
  const dial = () => dialSecure({ host, port }, keys.operator);
  const client = await connectMaster({ dial }).catch((error: unknown) => {
    throw new PomeloError('MASTER_UNREACHABLE', { host, port, reason: reasonOf(error) });
  });
  return { client, state: { pid, host, port, env: state.env }, remote: true };
}

/** The master that leads, found by the addresses in master.json5: for a machine where no master runs. */
async function findLeaderElsewhere(
  root: string,
  env: string,
  masters: readonly MasterAddress[],
): Promise<RunningMaster | undefined> {
  const { keys } = await ownKeys({ root, env, create: false });
  for (const { host, port } of masters) {
    try {
      const dial = () => dialSecure({ host, port, timeoutMs: 1500 }, keys.operator);
      const client = await connectMaster({ dial });
      const standby = { pid: 0, host, port, env };
      return { ...(await followToLeader(client, standby, keys)), remote: true };
    } catch (error) {
      if (isPomeloError(error, 'PROOF_WRONG') || isPomeloError(error, 'NO_LEADER')) throw error; // the others say the same
    }
  }
  return undefined;
}

/** Where masters of the cluster may be. A configuration that cannot be read names none: `start` tells why. */
async function configuredMasters(root: string, env: string) {
  const { loadClusterConfig } = await import('@pomelo-ts/cluster/config'); // heavy, and only needed here
  try {
    const config = loadClusterConfig({ root, env });
    return { masters: config.master.masters, shared: hasSharedStore(config) };
  } catch (error) {
    if (isPomeloError(error, 'CONFIG_INVALID')) return { masters: [], shared: false };
    throw error;
  }
}

function otherSecret({ pid }: MasterPlace, { source }: OwnKeys): PomeloError {
  const cure = source.includes(secretVariable)
    ? 'set it to the one that the master was started with, or unset it if that is in the file .pomelo-ts/secret'
    : `put the one back that the master has (to replace it, put that into .pomelo-ts/previous-secret, mode 0600), or set ${secretVariable} to it`;
  return new PomeloError('SECRET_OTHER', { pid, source, cure });
}

/** @throws ENV_OTHER when an environment was asked for and the master runs in another. */
export function requireEnv(state: RuntimeState, env: string | undefined): void {
  if (env !== undefined && env !== state.env)
    throw new PomeloError('ENV_OTHER', { pid: state.pid, running: state.env, asked: env });
}

/** As {@link findMaster}. @throws NO_MASTER when none runs, telling where it would, or of servers that were left behind. */
export async function requireMaster(root: string, env?: string): Promise<RunningMaster> {
  const own = await findMaster(root, env);
  if (own) return own;
  const { masters, shared } = await configuredMasters(root, envOf({ env }));
  const leader = shared ? await findLeaderElsewhere(root, envOf({ env }), masters) : undefined;
  if (leader) return leader;
  const elsewhere = await Promise.all(masters.map(({ host }) => whyElsewhere(host)));
  if (masters.length > 0 && !elsewhere.includes(undefined)) {
    const places = masters.map(({ host, port }) => hostPort(host, port)).join(', ');
    const where = shared
      ? `, and none answers at ${places}`
      : `; that of this cluster is at ${places}: give commands there`;
    throw new PomeloError('NO_MASTER', { directory: root, left: ` on this host${where}` });
  }
  const left = (await leftOnThisHost(root)).length;
  const start = `pomelo-ts start${environmentOption(new RuntimeFile(root).read()?.env ?? env ?? likelyEnvironment(root))} -D`;
  const hint = `; ${count(left, 'server')} of a former one live on (${start} adopts them, pomelo-ts kill ends them)`;
  throw new PomeloError('NO_MASTER', { directory: root, left: left > 0 ? hint : '' });
}

/** The environment to start in where nobody has said one: development, unless the configuration is for others alone. */
function likelyEnvironment(root: string): string {
  const known = environmentsOf(root);
  return known.length === 0 || known.includes('development') ? 'development' : known.join('|');
}

/** What a command needs beside its name to be in `env`. */
const environmentOption = (env = 'development') => (env === 'development' ? '' : ` -e ${env}`);

/** The master of this host, be it one that leads or that stands by. @throws NO_MASTER */
export async function requireOwnMaster(root: string, env?: string): Promise<RunningMaster> {
  const own = await findOwnMaster(root, env);
  if (own) return own;
  throw new PomeloError('NO_MASTER', {
    directory: root,
    left: ' on this host; give this command where one does',
  });
}

/** The rows of `list`. */
export function listServers(master: Pick<RunningMaster, 'client'>): Promise<readonly ServerRow[]> {
  return master.client.operate('servers.list', {});
}

/** Waits until the process has ended, so that the next start finds its place free. */
export async function awaitEnd(pid: number, limitMs: number): Promise<boolean> {
  for (const end = performance.now() + limitMs; performance.now() < end; await sleep(10))
    if (!isAlive(pid)) return true;
  return false;
}
