import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfigProblem, readJson } from '@pomelo-ts/common/config';

/** Longest build id, in characters: a server says its own to the master, which refuses a longer one. */
export const longestBuildId = 200;

const buildVariable = 'POMELO_TS_BUILD';

/**
 * Identifies the code that servers run: POMELO_TS_BUILD, else the version in the game's package.json. The problem in its place where that is
 * none that a server may say.
 *
 * @throws CONFIG_INVALID when package.json is no JSON
 */
export function readBuildId(
  root: string,
  variables: NodeJS.ProcessEnv = process.env,
): string | ConfigProblem {
  const given = variables[buildVariable];
  if (given)
    return isBuildId(given) ? given : problem(`the environment variable ${buildVariable}`, '', given);
  const file = join(root, 'package.json');
  if (!existsSync(file)) return '0.0.0';
  const version = (readJson(file, 'package.json') as { version?: unknown } | null)?.version ?? '0.0.0';
  return isBuildId(version) ? version : problem('package.json', 'version', version);
}

const isBuildId = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= longestBuildId;

function problem(file: string, path: string, value: unknown): ConfigProblem {
  const got =
    typeof value === 'string' ? `one of ${value.length}` : JSON.stringify(value).slice(0, longestBuildId);
  return { file, path, message: `expected a text of at most ${longestBuildId} characters, got ${got}` };
}
