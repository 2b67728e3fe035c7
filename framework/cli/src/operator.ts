import { setTimeout as sleep } from 'node:timers/promises';
import {
  connectOperator,
  dialTcp,
  type OperatorClient,
  resolveSecret,
  type Secret,
  secretVariable,
} from '@pomelo-ts/cluster';
import { isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';
import {
  isAlive,
  leftOnThisHost,
  masterLives,
  RuntimeFile,
  type RuntimeState,
  type ServerRow,
} from '@pomelo-ts/master';
import { count } from './view/units.js';

/** The master that runs for a game, connected. */
export interface RunningMaster {
  readonly client: OperatorClient;
  readonly state: RuntimeState;
}

/**
 * Connects to the master that runs for the game at `root`; undefined when none does.
 *
 * @throws MASTER_UNREACHABLE, SECRET_OTHER
 */
export async function findMaster(root: string, env?: string): Promise<RunningMaster | undefined> {
  const state = new RuntimeFile(root).read();
  if (!state || !masterLives(state)) return undefined;
  requireEnv(state, env);
  const host = state.host === '0.0.0.0' || state.host === '::' ? '127.0.0.1' : state.host;
  const secret = resolveSecret({ root, env: state.env, create: false });
  try {
    const dial = () => dialTcp({ host, port: state.port });
    const client = await connectOperator({ dial, secret: secret.secret });
    return { client, state };
  } catch (error) {
    if (isPomeloError(error, 'PROOF_WRONG')) throw otherSecret(state, secret);
    // its pid may have been given to another process
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return undefined;
    throw new PomeloError('MASTER_UNREACHABLE', { host, port: state.port, reason: reasonOf(error) });
  }
}

function otherSecret({ pid }: RuntimeState, { source }: Secret): PomeloError {
  const cure = source.includes(secretVariable)
    ? 'set it to the one that the master was started with, or unset it if that is in the file .pomelo-ts/secret'
    : `put the one back that the master was started with, or set ${secretVariable} to it`;
  return new PomeloError('SECRET_OTHER', { pid, source, cure });
}

/** @throws ENV_OTHER when an environment was asked for and the master runs in another. */
export function requireEnv(state: RuntimeState, env: string | undefined): void {
  if (env !== undefined && env !== state.env)
    throw new PomeloError('ENV_OTHER', { pid: state.pid, running: state.env, asked: env });
}

/** As {@link findMaster}. @throws NO_MASTER when none runs, telling of servers that were left behind. */
export async function requireMaster(root: string, env?: string): Promise<RunningMaster> {
  const master = await findMaster(root, env);
  if (master) return master;
  const left = (await leftOnThisHost(root)).length;
  const start = `pomelo-ts start${environmentOption(new RuntimeFile(root).read()?.env)}`;
  const hint = `; ${count(left, 'server')} of a former one live on (${start} adopts them, pomelo-ts kill ends them)`;
  throw new PomeloError('NO_MASTER', { directory: root, left: left > 0 ? hint : '' });
}

/** What a command needs beside its name to be in `env`. */
const environmentOption = (env = 'development') => (env === 'development' ? '' : ` -e ${env}`);

/** The rows of `list`. */
export async function listServers(master: RunningMaster): Promise<readonly ServerRow[]> {
  return (await master.client.request('list')) as readonly ServerRow[];
}

/** Waits until the process has ended, so that the next start finds its place free. */
export async function awaitEnd(pid: number, limitMs: number): Promise<boolean> {
  for (const end = performance.now() + limitMs; performance.now() < end; await sleep(10))
    if (!isAlive(pid)) return true;
  return false;
}
