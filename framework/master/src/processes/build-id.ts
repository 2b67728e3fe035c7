import { readBuildId } from '@pomelo-ts/cluster/masters';
import { PomeloError } from '@pomelo-ts/common';

/**
 * Identifies the code that servers run: POMELO_TS_BUILD, else the version in the game's package.json.
 *
 * @throws CONFIG_INVALID when that is none that a server may say, or package.json is no JSON
 */
export function buildIdOf(root: string): string {
  const found = readBuildId(root);
  if (typeof found === 'string') return found;
  const { file, path, message } = found;
  throw new PomeloError('CONFIG_INVALID', {
    count: 1,
    problems: `  ${file}: ${path && `${path}: `}${message}`,
  });
}
