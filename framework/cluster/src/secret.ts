import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PomeloError } from '@pomelo-ts/common';

/** Where the secret of a cluster comes from. */
export interface SecretOptions {
  /** The game's root. */
  readonly root: string;
  readonly env: string;
  /** @default process.env */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/** The secret's file below a game's root. */
export const secretFile = join('.pomelo-ts', 'secret');

/**
 * The cluster secret: the variable POMELO_TS_SECRET, else the file `.pomelo-ts/secret`. In development a missing file
 * is made with a random secret.
 *
 * @throws SECRET_FILE_OPEN when others may read the file; SECRET_MISSING outside development when there is none.
 */
export function resolveSecret(options: SecretOptions): string {
  const { root, env, variables = process.env } = options;
  const given = variables['POMELO_TS_SECRET'];
  if (given) return given;
  const path = join(root, secretFile);
  if (existsSync(path)) return readSecret(path, relative(root, path));
  if (env !== 'development') throw new PomeloError('SECRET_MISSING', { file: secretFile });
  const secret = randomBytes(32).toString('hex');
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${secret}\n`, { mode: 0o600 });
  return secret;
}

function readSecret(path: string, file: string): string {
  const mode = statSync(path).mode & 0o777;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new PomeloError('SECRET_FILE_OPEN', { file, mode: mode.toString(8).padStart(4, '0') });
  const secret = readFileSync(path, 'utf8').trim();
  if (!secret) throw new PomeloError('SECRET_MISSING', { file });
  return secret;
}
