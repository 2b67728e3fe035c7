import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { EtcdStore } from '@pomelo-ts/adapters/coordination-etcd';
import {
  type ClusterConfig,
  type ClusterKeys,
  type CoordinationStore,
  SignedStore,
} from '@pomelo-ts/cluster';
import { type Logger, PomeloError } from '@pomelo-ts/common';

type StoreSettings = ClusterConfig['master']['store'];

/** As {@link openSharedStore}, for a master: what others have written there does not count. */
export function openSignedStore(config: ClusterConfig, keys: ClusterKeys, logger: Logger): SignedStore {
  const scope = prefixOf(config);
  return new SignedStore(openSharedStore(config, logger), { keys: () => keys.store, scope, logger });
}

/** What all keys of this cluster begin with. */
const prefixOf = ({ env, master }: ClusterConfig): string => `${master.store.prefix}${env}/`;

/**
 * Opens the store that the masters of a cluster share.
 *
 * @throws STORE_PASSWORD_MISSING, SECRET_FILE_OPEN
 */
export function openSharedStore(config: ClusterConfig, logger: Logger): CoordinationStore {
  const { endpoints, ttlMs, user } = config.master.store;
  const password = user === undefined ? undefined : passwordOf(config.root, config.master.store);
  return new EtcdStore({
    endpoints,
    prefix: prefixOf(config),
    // A lease must outlive one member that is silent.
    timeoutMs: Math.max(500, ttlMs / 6),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    logger,
  });
}

function passwordOf(root: string, { user = '', passwordEnv, passwordFile }: StoreSettings): string {
  const missing = (place: string) => new PomeloError('STORE_PASSWORD_MISSING', { user, place });
  if (passwordEnv !== undefined) {
    const password = process.env[passwordEnv];
    if (!password) throw missing(`the environment variable ${passwordEnv}`);
    return password;
  }
  const path = resolve(root, passwordFile!);
  const place = `the file ${passwordFile}`;
  let mode: number;
  try {
    mode = statSync(path).mode & 0o777;
  } catch {
    throw missing(place);
  }
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new PomeloError('SECRET_FILE_OPEN', {
      file: passwordFile!,
      mode: mode.toString(8).padStart(4, '0'),
    });
  const password = readFileSync(path, 'utf8').trim();
  if (!password) throw missing(place);
  return password;
}
