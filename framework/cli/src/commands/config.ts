import { relative } from 'node:path';
import { explainConfig, loadClusterConfig } from '@pomelo-ts/cluster/config';
import { exitCodes } from '../failure.js';
import { envOf, type GlobalOptions, gameRoot } from '../game.js';
import { paintFor, type Terminal } from '../terminal.js';
import { jsonText } from '../view/escaped.js';
import { showTable } from '../view/table.js';
import { count } from '../view/units.js';

/** Tells whether the configuration is fine; what is wrong is thrown. */
export async function configCheck(options: GlobalOptions, terminal: Terminal): Promise<number> {
  const { root, env, servers, appDir } = loadClusterConfig({
    root: gameRoot(options.directory),
    env: envOf(options),
  });
  const types = new Set(servers.map(({ type }) => type)).size;
  const app = relative(root, appDir) || '.';
  terminal.out(
    `${paintFor(terminal)('green', 'fine')} for ${env}: ${count(servers.length, 'server')} of ${count(types, 'type')}, app in ${app}`,
  );
  return exitCodes.fine;
}

/** Prints the configuration as servers get it, or with `explain` where each value came from. */
export async function configPrint(
  options: GlobalOptions & { readonly explain: boolean },
  terminal: Terminal,
): Promise<number> {
  const source = { root: gameRoot(options.directory), env: envOf(options) };
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
