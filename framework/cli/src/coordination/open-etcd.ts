import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { EtcdStore, type EtcdTls } from '@pomelo-ts/adapters/coordination-etcd';
import type { ClusterConfig, CoordinationStore } from '@pomelo-ts/cluster';
import { type Logger, PomeloError, reasonOf } from '@pomelo-ts/common';
import { readRegularFile } from '@pomelo-ts/common/internal';

type StoreSettings = ClusterConfig['master']['store'];

/** As settings have it, all keys of this cluster below `prefix`. @throws STORE_PASSWORD_MISSING, STORE_FILE_MISSING, SECRET_FILE_OPEN */
export function openEtcd({ root, master }: ClusterConfig, prefix: string, logger: Logger): CoordinationStore {
  const { endpoints, ttlMs, user } = master.store;
  const password = user === undefined ? undefined : passwordOf(root, master.store);
  const tls = tlsOf(root, master.store);
  return new EtcdStore({
    endpoints,
    prefix,
    // A lease must outlive one member that is silent.
    timeoutMs: Math.max(500, ttlMs / 6),
    ...(tls && { tls }),
    ...(user !== undefined && { user }),
    ...(password !== undefined && { password }),
    logger,
  });
}

/** The files that TLS needs, read; undefined when none is named. */
function tlsOf(root: string, { caFile, certFile, keyFile }: StoreSettings): EtcdTls | undefined {
  if (caFile === undefined && certFile === undefined) return undefined;
  if (keyFile !== undefined) requirePrivate(root, keyFile);
  return {
    ...(caFile !== undefined && { ca: pemOf(root, 'caFile', caFile) }),
    ...(certFile !== undefined && { cert: pemOf(root, 'certFile', certFile) }),
    ...(keyFile !== undefined && { key: pemOf(root, 'keyFile', keyFile) }),
  };
}

function pemOf(root: string, field: string, file: string): string {
  try {
    return readRegularFile(resolve(root, file));
  } catch (error) {
    throw new PomeloError('STORE_FILE_MISSING', { field, file, reason: reasonOf(error) });
  }
}

/** @throws SECRET_FILE_OPEN when others may read it */
function requirePrivate(root: string, file: string): void {
  const stats = statSync(resolve(root, file), { throwIfNoEntry: false });
  if (stats === undefined || process.platform === 'win32' || (stats.mode & 0o077) === 0) return;
  throw new PomeloError('SECRET_FILE_OPEN', {
    file,
    mode: (stats.mode & 0o777).toString(8).padStart(4, '0'),
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
  if (!existsSync(path)) throw missing(place);
  requirePrivate(root, passwordFile!);
  const password = readRegularFile(path).trim();
  if (!password) throw missing(place);
  return password;
}
