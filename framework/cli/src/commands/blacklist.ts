import { parseDuration } from '@pomelo-ts/common';
import type { Operations } from '@pomelo-ts/master';
import { type AskedOptions, withMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { paintFor, type Terminal } from '../terminal.js';
import { answered } from '../view/answered.js';
import { escaped, jsonText } from '../view/escaped.js';
import { showTable } from '../view/table.js';
import { count } from '../view/units.js';

/** Options of `pomelo-ts blacklist`. */
export interface ListedBlacklistOptions extends AskedOptions {
  /** An address or network that is to be in what is shown. */
  readonly within: string | undefined;
  readonly limit: number;
  readonly json: boolean;
}

/** Options of `pomelo-ts blacklist add` and `remove`. */
export type BlacklistOptions = AskedOptions & {
  readonly networks: readonly string[];
  readonly json?: boolean;
} & (
    | { readonly act: 'remove' }
    | {
        readonly act: 'add';
        readonly reason: string | undefined;
        /** A duration with its unit. */
        readonly for: string | undefined;
        /** Also networks that frontends of the cluster are in. */
        readonly force: boolean;
      }
  );

/** Shows the networks that no client may come from, the newest first. */
export async function listBlacklist(options: ListedBlacklistOptions, terminal: Terminal): Promise<number> {
  const { within, limit, json } = options;
  if (!Number.isInteger(limit)) {
    terminal.err('expected --limit as a number of lines, such as 20');
    return exitCodes.usage;
  }
  const page = await withMaster(options, ({ client }) =>
    client.operate('blacklist.list', { limit, ...(within !== undefined && { within }) }),
  );
  const { entries, total } = page;
  const table = entries.map(({ network, since, until, by, reason = '' }) => [
    network,
    timeOf(since),
    until === undefined ? 'taken off' : timeOf(until),
    by,
    reason,
  ]);
  const which = within === undefined ? '' : ` that has ${escaped(within)} in it`;
  if (json) terminal.out(jsonText(page, 2));
  else if (entries.length === 0) terminal.out(`there is nothing on the blacklist${which}`);
  else terminal.out(showTable(['network', 'since', 'until', 'by', 'reason'], table, paintFor(terminal)));
  if (!json && total > entries.length)
    terminal.out(`${total - entries.length} more: --limit ${total} shows up to 1000, --json as data`);
  return exitCodes.fine;
}

/** Puts networks on the blacklist, or takes them off it. Exit code 1 when a frontend has not heard it. */
export async function changeBlacklist(options: BlacklistOptions, terminal: Terminal): Promise<number> {
  const { networks } = options;
  if (options.act === 'remove') {
    const answer = await withMaster(options, ({ client }) =>
      client.operate('blacklist.remove', { networks }),
    );
    return tell(options, 'clients may come again from', answer, terminal);
  }
  const { reason } = options;
  const forMs = options.for === undefined ? undefined : parseDuration(options.for);
  if (options.for !== undefined && !forMs) {
    terminal.err(`expected --for as a duration with its unit, such as "7d"; got ${options.for}`);
    return exitCodes.usage;
  }
  const answer = await withMaster(options, ({ client }) =>
    client.operate('blacklist.add', {
      networks,
      ...(reason !== undefined && { reason }),
      ...(forMs !== undefined && { forMs }),
      ...(options.force && { force: true }),
    }),
  );
  const time = options.for === undefined ? '' : ` for ${options.for}`;
  return tell(options, `no client may come${time} from`, answer, terminal);
}

function tell(
  options: BlacklistOptions,
  what: string,
  answer: Operations['blacklist.add']['answer'],
  terminal: Terminal,
): number {
  const { networks, told, silent } = answer;
  const text = `${what} ${networks.join(' ')}; ${count(told.length, 'frontend')} ${told.length === 1 ? 'goes' : 'go'} by it`;
  answered(options, { answer, text }, terminal);
  for (const { id, reason } of silent)
    terminal.err(`warning ${escaped(id)} hears of it when it has its link again: ${escaped(reason)}`);
  return silent.length > 0 ? exitCodes.failure : exitCodes.fine;
}

const timeOf = (ms: number) => new Date(ms).toISOString();
