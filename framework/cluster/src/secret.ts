import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PomeloError } from '@pomelo-ts/common';

/** Where the secret of a cluster comes from. */
export interface SecretOptions {
  /** The game's root. */
  readonly root: string;
  readonly env: string;
  /** Whether a missing file is made. @default in development alone */
  readonly create?: boolean;
  /** @default process.env */
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

/** A cluster's secret. */
export interface Secret {
  readonly secret: string;
  /** Where it was found: `the environment variable POMELO_TS_SECRET` or `the file …`. */
  readonly source: string;
}

/** The variable that is looked at first. */
export const secretVariable = 'POMELO_TS_SECRET';
/** The secret's file below a game's root. */
export const secretFile = join('.pomelo-ts', 'secret');
/** Fewest characters of a secret outside development: 16 random ones of a base64 text are 96 bits. */
const leastLength = 16;

/**
 * The cluster secret: the variable POMELO_TS_SECRET, else the file `.pomelo-ts/secret`. In development a missing file
 * is made with a random secret.
 *
 * @throws SECRET_FILE_OPEN when others may read the file; SECRET_MISSING when there is none and none is made; SECRET_SHORT
 * outside development.
 */
export function resolveSecret(options: SecretOptions): Secret {
  const { root, env, create = env === 'development', variables = process.env } = options;
  const given = variables[secretVariable];
  const path = join(root, secretFile);
  const found = given
    ? { secret: given, source: `the environment variable ${secretVariable}` }
    : { secret: secretOf(path, create), source: `the file ${secretFile}` };
  const { length } = found.secret;
  if (env !== 'development' && length < leastLength)
    throw new PomeloError('SECRET_SHORT', { source: found.source, length, least: leastLength, env });
  return found;
}

function secretOf(path: string, create: boolean): string {
  if (existsSync(path)) return readSecret(path);
  if (!create) throw new PomeloError('SECRET_MISSING', { file: secretFile });
  return makeSecret(path);
}

/** Makes the file, whole at once: of several processes that do so one succeeds, and the others take what it wrote. */
function makeSecret(path: string): string {
  const secret = randomBytes(32).toString('hex');
  const draft = `${path}.${randomBytes(4).toString('hex')}.new`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(draft, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, path);
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readSecret(path);
  } finally {
    rmSync(draft);
  }
}

function readSecret(path: string): string {
  const mode = statSync(path).mode & 0o777;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new PomeloError('SECRET_FILE_OPEN', { file: secretFile, mode: mode.toString(8).padStart(4, '0') });
  const secret = readFileSync(path, 'utf8').trim();
  if (!secret) throw new PomeloError('SECRET_MISSING', { file: secretFile });
  return secret;
}
