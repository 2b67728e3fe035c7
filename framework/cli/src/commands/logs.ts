import { reasonOf } from '@pomelo-ts/common';
import { type AskedOptions, askedMaster } from '../asked-master.js';
import { exitCodeOf, exitCodes, printFailure } from '../failure.js';
import { gameRoot } from '../game.js';
import type { Terminal } from '../terminal.js';
import { escaped, escapedLines } from '../view/escaped.js';
import { LogLines } from '../view/log-lines.js';
import { LogFollower, type LogLine } from './logs/log-follower.js';
import { logsOf, openLogs } from './logs/log-source.js';
import { onStopSignals } from './start/signals.js';

/** Options of `pomelo-ts logs`. */
export interface LogsOptions extends AskedOptions {
  readonly ids: readonly string[];
  readonly follow: boolean;
  readonly grep: string | undefined;
  readonly lines: number | undefined;
  readonly raw: boolean;
}

const usualLines = 100;

/** Shows the logs of servers, once or as they grow. */
export async function logs(options: LogsOptions, terminal: Terminal): Promise<number> {
  const { ids, follow, grep, lines } = options;
  const wanted = grep === undefined ? undefined : patternOf(grep);
  if (wanted instanceof Error || (lines !== undefined && !(Number.isInteger(lines) && lines >= 0))) {
    const what =
      wanted instanceof Error
        ? `--grep as a regular expression (${wanted.message})`
        : '--lines as a whole number';
    terminal.err(`expected ${what}`);
    return exitCodes.usage;
  }
  const source = await sourceOf(options);
  const ended = new AbortController();
  const release = onStopSignals({
    first: () => ended.abort(),
    second: () => process.exit(exitCodes.interrupted),
  });
  const view = lineView(options, ids.length > 0 ? ids : await source.ids(), terminal);
  let shown = 0;
  const print = (all: readonly LogLine[]) => {
    for (const line of all) {
      if (wanted && !wanted.test(line.text)) continue;
      shown++;
      view(line);
    }
  };
  let failed: unknown;
  const note = (error: unknown) => {
    if (ids.length === 0 || follow) return terminal.err(escapedLines(reasonOf(error)));
    failed ??= error;
    printFailure(error, terminal, options.verbose);
  };
  try {
    const follower = new LogFollower(source, { ids, note });
    const back = lines ?? (wanted ? 'all' : usualLines);
    const read = await follower.begin(back, print);
    if (!read && !follow && ids.length === 0)
      terminal.err('there is no log that can be read; pomelo-ts logs <id> tells why');
    if (read && shown === 0 && !follow) terminal.err(nothingIn(options));
    if (follow) await follower.follow(print, ended.signal);
    if (failed !== undefined) return exitCodeOf(failed);
    return read || follow ? exitCodes.fine : exitCodes.failure;
  } finally {
    release();
    source.close();
  }
}

const sourceOf = async (options: LogsOptions) =>
  options.master === undefined
    ? openLogs(gameRoot(options.directory), options.env)
    : logsOf((await askedMaster(options)).client);

/** To whoever sees nothing, a log without a line looks like one that could not be read. */
function nothingIn({ ids, grep, lines }: LogsOptions): string {
  const whose = ids.length > 0 ? escaped(ids.join(', ')) : 'all servers';
  if (grep === undefined)
    return `nothing was logged by ${whose} yet; how servers ended is in the log of the master: pomelo-ts logs master`;
  if (lines === undefined) return `no line of ${whose} matches ${escaped(grep)}`;
  return `no line of the last ${lines} of ${whose} matches ${escaped(grep)}; without -n all are looked at`;
}

function patternOf(text: string): RegExp | Error {
  try {
    return new RegExp(text);
  } catch (error) {
    return new Error(reasonOf(error));
  }
}

/** Prints a line: of one server as it is for people, of several with its id before it. */
function lineView(
  { ids, raw }: LogsOptions,
  known: readonly string[],
  terminal: Terminal,
): (line: LogLine) => void {
  const alone = ids.length === 1;
  if (raw) return ({ id, text }) => terminal.out(alone ? text : `[${id}] ${text}`);
  const lines = new LogLines(terminal, known, { times: true });
  return ({ id, text }) => terminal.out(alone ? lines.text(text) : lines.show(`[${id}] ${text}`));
}
