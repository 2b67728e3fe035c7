import { relative } from 'node:path';
import { type ClusterConfig, resolveSecret } from '@pomelo-ts/cluster';
import { configWarnings, explainConfig, loadClusterConfig } from '@pomelo-ts/cluster/config';
import { isPomeloError, reasonOf } from '@pomelo-ts/common';
import { tryCodec } from '../doctor/check-codec.js';
import { exitCodes } from '../failure.js';
import { type GlobalOptions, gameRoot } from '../game.js';
import { type ChosenEnv, chosenEnv } from '../master-state.js';
import { paintFor, type Terminal } from '../terminal.js';
import { escaped, jsonText } from '../view/escaped.js';
import { showTable } from '../view/table.js';
import { count } from '../view/units.js';

/** Tells whether the configuration is fine; what is wrong is thrown. */
export async function configCheck(options: GlobalOptions, terminal: Terminal): Promise<number> {
  const config = await checked(options, terminal);
  const { root, servers, appDir } = config;
  const warnings = [...configWarnings(config), ...checkSecret(config)];
  const types = new Set(servers.map(({ type }) => type)).size;
  const app = relative(root, appDir) || '.';
  terminal.out(
    `${paintFor(terminal)('green', 'fine')} for ${nameOf(chosenEnv(root, options))}: ${count(servers.length, 'server')} of ${count(types, 'type')}, app in ${app}`,
  );
  for (const text of warnings) terminal.err(`${paintFor(terminal)('yellow', 'warning')} ${escaped(text)}`);
  return exitCodes.fine;
}

/** What is wrong is told with the environment, where nobody has named it. */
async function checked(options: GlobalOptions, terminal: Terminal): Promise<ClusterConfig> {
  const root = gameRoot(options.directory);
  const chosen = chosenEnv(root, options);
  try {
    const config = loadClusterConfig({ root, env: chosen.env });
    await tryCodec(config);
    return config;
  } catch (error) {
    if (chosen.ofMaster) terminal.err(`checked for ${nameOf(chosen)}:`);
    throw error;
  }
}

const nameOf = ({ env, ofMaster }: ChosenEnv): string =>
  ofMaster ? `${escaped(env)}, as the master that runs` : escaped(env);

/**
 * Looks whether a start would take the secret that is there. That there is none is no fault of the configuration: it may be checked where
 * nothing is started.
 *
 * @throws SECRET_FILE_OPEN, SECRET_EMPTY, SECRET_SHORT as a start does
 */
function checkSecret({ root, env }: Pick<ClusterConfig, 'root' | 'env'>): readonly string[] {
  try {
    resolveSecret({ root, env, create: false });
    return [];
  } catch (error) {
    if (!isPomeloError(error, 'SECRET_MISSING')) throw error;
    return env === 'development' ? [] : [reasonOf(error)]; // there the start makes one
  }
}

/** Prints the configuration as servers get it, or with `explain` where each value came from. */
export async function configPrint(
  options: GlobalOptions & { readonly explain: boolean },
  terminal: Terminal,
): Promise<number> {
  const root = gameRoot(options.directory);
  const source = { root, env: chosenEnv(root, options).env };
  if (!options.explain) {
    terminal.out(jsonText(loadClusterConfig(source), 2));
    return exitCodes.fine;
  }
  const rows = explainConfig(source).map(({ path, value, from }) => [
    path,
    JSON.stringify(value),
    from === 'default' ? { text: from, style: 'dim' as const } : from,
  ]);
  terminal.out(showTable(['setting', 'value', 'from'], rows, paintFor(terminal)));
  return exitCodes.fine;
}
