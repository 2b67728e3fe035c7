import { secretIn } from '../secret-in.js';

/**
 * The token that a file holds for those who read `/metrics`; undefined where no file is named.
 *
 * @param file as from `root`
 * @throws SECRET_FILE_OPEN when others than its owner may read it, what the system says, and an Error for an empty file
 */
export function metricsTokenIn(root: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const token = secretIn(root, file);
  if (token === '') throw new Error(`metricsTokenFile: expected a token in ${file}, got an empty file`);
  return token;
}
