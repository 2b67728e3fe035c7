import { type LogFilter, lineMatcher, mostAround, type recordLevels } from '@pomelo-ts/cluster/masters';
import { reasonOf } from '@pomelo-ts/common';
import type { LogLine } from '@pomelo-ts/views';
import { type AskedOptions, askedMaster } from '../asked-master.js';
import { exitCodeOf, exitCodes, printFailure } from '../failure.js';
import { gameRoot } from '../game.js';
import type { Terminal } from '../terminal.js';
import { escaped, escapedLines } from '../view/escaped.js';
import { LogLines } from '../view/log-lines.js';
import { LogFollower } from './logs/log-follower.js';
import { openLogs } from './logs/log-source.js';
import { logsOf } from './logs/remote-logs.js';
import { onStopSignals } from './start/signals.js';

/** Options of `pomelo-ts logs`. */
export interface LogsOptions extends AskedOptions {
  readonly ids: readonly string[];
  readonly follow: boolean;
  readonly grep: string | undefined;
  readonly level: (typeof recordLevels)[number] | undefined;
  readonly context: number | undefined;
  readonly lines: number | undefined;
  readonly raw: boolean;
}

const usualLines = 100;

/** Shows the logs of servers, once or as they grow. */
export async function logs(options: LogsOptions, terminal: Terminal): Promise<number> {
  const ids = [...new Set(options.ids)]; // one that is told twice has its lines once
  const { follow, lines } = options;
  const expected = await expectedIn(options);
  if (expected !== undefined) {
    terminal.err(`expected ${expected}`);
    return exitCodes.usage;
  }
  const filter = filterIn(options);
  const source = await sourceOf(options);
  const ended = new AbortController();
  const release = onStopSignals({
    first: () => ended.abort(),
    second: () => process.exit(exitCodes.interrupted),
  });
  const view = lineView({ ...options, ids }, ids.length > 0 ? ids : await source.ids(), terminal);
  let shown = 0;
  const print = (all: readonly LogLine[]) => {
    shown += all.length;
    for (const line of all) view(line);
  };
  let failed: unknown;
  const note = (error: unknown) => {
    if (ids.length === 0 || follow) return terminal.err(escapedLines(reasonOf(error)));
    failed ??= error;
    printFailure(error, terminal, options.verbose);
  };
  try {
    const follower = new LogFollower(source, { ids, note, filter });
    const back = lines ?? (filter ? 'all' : usualLines);
    const read = await follower.begin(back, print);
    if (!read && !follow && ids.length === 0)
      terminal.err('there is no log that can be read; pomelo-ts logs <id> tells why');
    if (read && shown === 0 && !follow && lines !== 0) terminal.err(nothingIn(options));
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

/** What was expected of an option that makes no sense. */
async function expectedIn({ grep, level, lines, context }: LogsOptions): Promise<string | undefined> {
  const isCount = (value: number | undefined, most = Number.MAX_SAFE_INTEGER) =>
    value === undefined || (Number.isInteger(value) && value >= 0 && value <= most);
  if (!isCount(lines)) return '--lines as a whole number';
  if (context !== undefined && grep === undefined && level === undefined)
    return '--grep or --level with --context: what the lines are around';
  if (!isCount(context, mostAround)) return `--context as a whole number, ${mostAround} at most`;
  try {
    await lineMatcher(grep === undefined ? {} : { patterns: [grep] });
    return undefined;
  } catch (error) {
    return `--grep as a regular expression (${reasonOf(error)})`;
  }
}

/** What lines are looked for where the logs are. */
function filterIn({ grep, level, context }: LogsOptions): LogFilter | undefined {
  if (grep === undefined && level === undefined) return undefined;
  return {
    ...(grep !== undefined && { patterns: [grep] }),
    ...(level && { level }),
    ...(context && { around: context }),
  };
}

/** To whoever sees nothing, a log without a line looks like one that could not be read. */
function nothingIn({ ids, grep, level, lines }: LogsOptions): string {
  const whose = ids.length > 0 ? escaped(ids.join(', ')) : 'all servers';
  const what = [
    ...(grep === undefined ? [] : [`matches ${escaped(grep)}`]),
    ...(level ? [`is of level ${level}`] : []),
  ].join(' and ');
  if (what === '')
    return `nothing was logged by ${whose} yet; how servers ended is in the log of the master: pomelo-ts logs master`;
  if (lines === undefined) return `no line of ${whose} ${what}`;
  return `no line in the last 4 MiB of ${whose} ${what}; without -n all are looked at`;
}

/** Prints a line: of one server as it is for people, of several with its id before it. */
function lineView(
  { ids, raw, context }: LogsOptions,
  known: readonly string[],
  terminal: Terminal,
): (line: LogLine) => void {
  const alone = ids.length === 1;
  const lines = raw ? undefined : new LogLines(terminal, known, { times: true });
  const shown = lines
    ? (text: string) => (alone ? lines.text(text) : lines.show(text))
    : (text: string) => text;
  let first = true;
  return ({ id, text, apart }) => {
    if (apart && context && alone && !first) terminal.out('--'); // as grep does; lines of many servers are in the order of their time
    first = false;
    terminal.out(shown(alone ? text : `[${id}] ${text}`));
  };
}
