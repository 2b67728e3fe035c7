import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PomeloError } from '@pomelo-ts/common';
import { readRegularFile } from '@pomelo-ts/common/internal';

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
  /** The one before, which is taken as well while it is being replaced. */
  readonly previous?: string;
  /** Where it was found: `the environment variable POMELO_TS_SECRET` or `the file …`. */
  readonly source: string;
}

/** The variable that is looked at first. */
export const secretVariable = 'POMELO_TS_SECRET';
/** The variable with the secret before, while it is being replaced. */
export const previousSecretVariable = 'POMELO_TS_PREVIOUS_SECRET';
/** The environment variable that holds a key of an admin, for commands that ask one. */
export const tokenVariable = 'POMELO_TS_TOKEN';
/** The secret's file below a game's root. */
export const secretFile = join('.pomelo-ts', 'secret');
/** The file with the secret before, while it is being replaced. */
export const previousSecretFile = join('.pomelo-ts', 'previous-secret');
/** Fewest characters of a secret outside development: 16 random ones of a base64 text are 96 bits. */
const leastLength = 16;

/**
 * The cluster secret: the variable POMELO_TS_SECRET, else the file `.pomelo-ts/secret`. In development a missing file
 * is made with a random secret. And the one before it, where there is one: POMELO_TS_PREVIOUS_SECRET, else the file
 * `.pomelo-ts/previous-secret`.
 *
 * @throws SECRET_FILE_OPEN when others may read a file; SECRET_EMPTY; SECRET_MISSING when there is none and none is made; SECRET_SHORT
 * outside development.
 */
export function resolveSecret(options: SecretOptions): Secret {
  const { root, env, create = env === 'development', variables = process.env } = options;
  const given = variables[secretVariable];
  const found = given
    ? { secret: given, source: `the environment variable ${secretVariable}` }
    : { secret: secretOf(root, create), source: `the file ${secretFile}` };
  requireLength(found.secret, found.source, env);
  const before = previousSecret(root, variables);
  if (!before || before.secret === found.secret) return found;
  requireLength(before.secret, before.source, env);
  return { ...found, previous: before.secret };
}

/** Takes the secrets out of an environment: nothing that this process starts or runs shall find them there. */
export function withoutSecrets(variables: NodeJS.ProcessEnv): void {
  delete variables[secretVariable];
  delete variables[previousSecretVariable];
  delete variables[tokenVariable];
}

function previousSecret(
  root: string,
  variables: NonNullable<SecretOptions['variables']>,
): Secret | undefined {
  const given = variables[previousSecretVariable];
  if (given) return { secret: given, source: `the environment variable ${previousSecretVariable}` };
  if (!existsSync(join(root, previousSecretFile))) return undefined;
  return { secret: readSecret(root, previousSecretFile), source: `the file ${previousSecretFile}` };
}

function requireLength({ length }: string, source: string, env: string): void {
  if (env !== 'development' && length < leastLength)
    throw new PomeloError('SECRET_SHORT', { source, length, least: leastLength, env });
}

function secretOf(root: string, create: boolean): string {
  if (existsSync(join(root, secretFile))) return readSecret(root, secretFile);
  if (!create) throw new PomeloError('SECRET_MISSING', { file: secretFile });
  return makeSecret(root);
}

/** Makes the file, whole at once: of several processes that do so one succeeds, and the others take what it wrote. */
function makeSecret(root: string): string {
  const path = join(root, secretFile);
  const secret = randomBytes(32).toString('hex');
  const draft = `${path}.${randomBytes(4).toString('hex')}.new`;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(draft, `${secret}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, path);
    return secret;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readSecret(root, secretFile);
  } finally {
    rmSync(draft);
  }
}

function readSecret(root: string, file: string): string {
  const path = join(root, file);
  const mode = statSync(path).mode & 0o777;
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw new PomeloError('SECRET_FILE_OPEN', { file, mode: mode.toString(8).padStart(4, '0') });
  const secret = readRegularFile(path).trim();
  if (!secret) throw new PomeloError('SECRET_EMPTY', { file });
  return secret;
}
