import { relative } from 'node:path';
import { parseDuration } from '@pomelo-ts/common';
import type { Progress, ReloadRow } from '@pomelo-ts/master';
import { type AskedOptions, askedMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { gameRoot } from '../game.js';
import { unlessInterrupted } from '../interrupt.js';
import { selectionOf } from '../selection.js';
import type { Terminal } from '../terminal.js';
import { escaped, jsonText } from '../view/escaped.js';
import { count } from '../view/units.js';
import { withProgress } from '../view/with-progress.js';

/** Options of `pomelo-ts reload`. */
export interface ReloadCommandOptions extends AskedOptions {
  readonly ids: readonly string[];
  readonly types: readonly string[];
  /** Duration with its unit, or `0`. */
  readonly watch: string;
  readonly force: boolean;
  readonly json: boolean;
}

/** Has running servers take new code into use; exit code 1 when some of it needs a restart. */
export async function reload(options: ReloadCommandOptions, terminal: Terminal): Promise<number> {
  const watchMs = options.watch === '0' ? 0 : parseDuration(options.watch);
  if (watchMs === undefined) {
    terminal.err(`expected --watch as a duration with its unit, such as "30s", or 0; got ${options.watch}`);
    return exitCodes.usage;
  }
  const master = await askedMaster(options);
  try {
    const { force } = options;
    const ask = (onProgress: (progress: Progress) => void) =>
      master.client.operate('servers.reload', { ...selectionOf(options), force, watchMs }, onProgress);
    const { servers } = await (options.json
      ? unlessInterrupted('reload', ask)
      : withProgress('reload', [], terminal, ask));
    if (options.json) terminal.out(jsonText(servers, 2));
    else tellReload(servers, master.own && gameRoot(options.directory), terminal);
    return servers.some(({ needRestart }) => needRestart.length > 0) ? exitCodes.failure : exitCodes.fine;
  } finally {
    master.client.close();
  }
}

/** Names of files are the word of servers. @param root where the game is here, undefined where it is elsewhere alone */
export function tellReload(
  servers: readonly ReloadRow[],
  root: string | undefined,
  terminal: Terminal,
): void {
  const named = (file: string) => (root === undefined ? file : relative(root, file));
  const files = (list: readonly string[]) => escaped(list.map(named).join(', '));
  const swapped = servers.filter((row) => row.swapped.length + row.removed.length > 0);
  const waiting = servers.filter(({ needRestart }) => needRestart.length > 0);
  terminal.out(`${count(swapped.length, 'server')} took new code into use`);
  const ids = new Map<string, string[]>();
  for (const { id, swapped: coming, removed } of swapped) {
    const text = files([...coming, ...removed]);
    ids.set(text, [...(ids.get(text) ?? []), id]);
  }
  for (const [text, those] of ids) terminal.out(`  ${escaped(those.join(', '))}: ${text}`);
  if (servers.length > 0 && servers.every(({ contract }) => contract === 'unknown'))
    terminal.out(
      'the contract with clients was not checked: there is no config/contract.json (pomelo-ts gen)',
    );
  if (waiting.length === 0) return;
  terminal.err(
    `${count(waiting.length, 'server')} must be restarted for ${files([...new Set(waiting.flatMap(({ needRestart }) => needRestart))])}:`,
  );
  terminal.err(`  pomelo-ts restart ${escaped(waiting.map(({ id }) => id).join(' '))}`);
}
