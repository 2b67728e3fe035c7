import { writeFileSync } from 'node:fs';
import { escapedLines, pageCsv, usualQuery } from '@pomelo-ts/views';
import { type AskedOptions, askedMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { type GlobalOptions, gameRoot } from '../game.js';
import { paintFor, type Terminal } from '../terminal.js';
import { pageJson, pageTable } from '../view/top/page-text.js';
import { openLogs } from './logs/log-source.js';
import { logsOf } from './logs/remote-logs.js';
import { type QueryOptions, queryIn } from './top/query.js';

/** Options of `pomelo-ts top`. */
export interface TopOptions extends GlobalOptions, AskedOptions, QueryOptions {
  readonly once: boolean;
  readonly json: boolean | undefined;
  readonly csv: boolean | undefined;
  /** File that the view is written to in place of the terminal. */
  readonly output: string | undefined;
  /** Tells changes line by line. */
  readonly plain: boolean;
  readonly readonly: boolean;
  readonly ascii: boolean;
}

/** Shows a view of the running cluster: once where nobody watches, else on the whole terminal until whoever looks leaves. */
export async function top(options: TopOptions, terminal: Terminal): Promise<number> {
  const { once, json, csv, output, limit } = options;
  if (Number.isNaN(limit)) {
    terminal.err('expected --limit as a number of lines, such as 20');
    return exitCodes.usage;
  }
  if (options.plain && (once || json || csv || output !== undefined)) {
    terminal.err(
      'expected --plain, which goes on, or one of --once, --json, --csv and --output, which look once',
    );
    return exitCodes.usage;
  }
  if (options.plain) {
    const { plainTop } = await import('./top/plain-top.js');
    const query = { ...usualQuery, ...queryIn(options) };
    return plainTop(async () => (await askedMaster(options)).client, query, terminal);
  }
  const watches = terminal.live && process.stdin.isTTY === true;
  if (!watches || once || json || csv || output !== undefined) return topOnce(options, terminal);
  const { topScreen } = await import('./top/top-screen.js');
  await topScreen({
    connect: () => askedMaster(options),
    openLogs: async () =>
      options.master === undefined
        ? openLogs(gameRoot(options.directory), options.env)
        : logsOf((await askedMaster(options)).client),
    query: queryIn(options),
    readonly: options.readonly,
    plain: options.ascii || !speaksUnicode(),
    colours: terminal.colours,
  });
  return exitCodes.fine;
}

/** By what the environment says of this terminal's characters. */
function speaksUnicode({ LC_ALL, LC_CTYPE, LANG } = process.env): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}

async function topOnce(options: TopOptions, terminal: Terminal): Promise<number> {
  const { view, json, csv, output } = options;
  const { client } = await askedMaster(options);
  try {
    const page = await client.operate('views.read', queryIn(options));
    const paint = output === undefined ? paintFor(terminal) : (_style: unknown, text: string) => text;
    const text = json ? pageJson(page) : csv ? pageCsv(view, page) : pageTable(view, page, paint);
    // a program that reads it gets names as they are
    if (output === undefined) terminal.out(csv && process.stdout.isTTY ? escapedLines(text) : text);
    else writeFileSync(output, `${text}\n`);
    return exitCodes.fine;
  } finally {
    client.close();
  }
}
