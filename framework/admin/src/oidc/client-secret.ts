import { isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';
import { secretIn } from '@pomelo-ts/common/internal';

/** Where the secret of the client is. */
export interface SecretPlace {
  readonly root: string;
  readonly clientSecretFile?: string | undefined;
  readonly clientSecretEnv?: string | undefined;
}

/**
 * The secret by which the provider knows this admin, as it is now; undefined for a client without one.
 *
 * @throws SECRET_FILE_OPEN, OIDC_SECRET_MISSING
 */
export function clientSecretOf({ root, clientSecretFile, clientSecretEnv }: SecretPlace): string | undefined {
  if (clientSecretEnv !== undefined) {
    const given = process.env[clientSecretEnv];
    if (!given) throw missing(`the environment variable ${clientSecretEnv}`, 'it is not set');
    return given;
  }
  if (clientSecretFile === undefined) return undefined;
  const place = `the file ${clientSecretFile}`;
  const secret = readPrivate(root, clientSecretFile, place);
  if (secret === '') throw missing(place, 'it is empty');
  return secret;
}

function readPrivate(root: string, file: string, place: string): string {
  try {
    return secretIn(root, file);
  } catch (error) {
    if (isPomeloError(error, 'SECRET_FILE_OPEN')) throw error;
    throw missing(place, reasonOf(error));
  }
}

const missing = (place: string, reason: string) => new PomeloError('OIDC_SECRET_MISSING', { place, reason });
