import { reasonOf } from '@pomelo-ts/common';
import { type AskedMaster, askedMaster } from '../../asked-master.js';
import { exitCodes } from '../../failure.js';
import { listServers } from '../../operator.js';
import { paintFor, type Terminal } from '../../terminal.js';
import { escapedLines, jsonText } from '../../view/escaped.js';
import { redrawer } from '../../view/redraw.js';
import { serverTable } from '../../view/server-table.js';
import type { ListOptions } from '../list.js';
import { onStopSignals } from '../start/signals.js';

/** Options of {@link watchList}. */
export interface WatchOptions extends ListOptions {
  readonly intervalMs: number;
}

/**
 * Shows the servers again and again until Ctrl-C: over the last table on a terminal, below it elsewhere, with `--json` as
 * one line each time. A master that goes away is told of and looked for again.
 */
export async function watchList(options: WatchOptions, terminal: Terminal): Promise<number> {
  const view = viewOf(options, terminal);
  const ended = new AbortController();
  const release = onStopSignals({
    first: () => ended.abort(),
    second: () => process.exit(exitCodes.interrupted),
  });
  const source = new ListSource(options);
  try {
    await source.open(); // without a master at the beginning there is nothing to watch
    while (!ended.signal.aborted) {
      view(await source.next());
      await sleep(options.intervalMs, ended.signal);
    }
    return exitCodes.fine;
  } finally {
    release();
    source.close();
  }
}

/** What came of one look: rows, or why there are none. */
type Look =
  | { readonly rows: readonly Awaited<ReturnType<typeof listServers>>[number][] }
  | { readonly reason: string };

/** Asks the master that runs now, whichever that is. */
class ListSource {
  readonly #options: WatchOptions;
  #master: AskedMaster | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** @throws NO_MASTER, MASTER_UNREACHABLE */
  async open(): Promise<AskedMaster> {
    this.#master ??= await askedMaster(this.#options);
    return this.#master;
  }

  async next(): Promise<Look> {
    try {
      const master = await this.open();
      const own = this.#options.withMaster ? [await master.client.operate('master.describe', {})] : [];
      return { rows: [...(await listServers(master)), ...own] };
    } catch (error) {
      this.close();
      return { reason: reasonOf(error) };
    }
  }

  close(): void {
    this.#master?.client.close();
    this.#master = undefined;
  }
}

function viewOf({ json }: WatchOptions, terminal: Terminal): (look: Look) => void {
  const paint = paintFor(terminal);
  const redraw = terminal.live && !json ? redrawer() : undefined;
  return (look) => {
    if ('reason' in look) {
      if (redraw) redraw(paint('red', escapedLines(look.reason)));
      else terminal.err(escapedLines(look.reason));
    } else if (json) terminal.out(jsonText(look.rows));
    else {
      const table = serverTable(look.rows, paint, terminal.columns);
      if (redraw) redraw(onScreen(table));
      else terminal.out(`${table}\n`);
    }
  };
}

/** What is taller than the terminal could not be drawn over. */
function onScreen(table: string): string {
  const lines = table.split('\n');
  const room = (process.stdout.rows ?? 30) - 2;
  if (lines.length <= room) return table;
  return [...lines.slice(0, room - 1), `… and ${lines.length - room + 1} more lines`].join('\n');
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end);
  });
}
