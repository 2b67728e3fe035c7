import { showSeconds } from '@pomelo-ts/views';
import { type AskedOptions, withMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { paintFor, type Terminal } from '../terminal.js';
import { escaped } from '../view/escaped.js';
import { showTable } from '../view/table.js';

/** Options of `pomelo-ts leases`. */
export interface LeasesOptions extends AskedOptions {
  readonly prefix: string;
  readonly limit: number;
}

/** Shows who holds which lease. */
export async function leases(options: LeasesOptions, terminal: Terminal): Promise<number> {
  const { prefix, limit } = options;
  if (!(Number.isInteger(limit) && limit > 0 && limit <= 1000)) {
    terminal.err('expected --limit from 1 to 1000');
    return exitCodes.usage;
  }
  const held = await withMaster(options, ({ client }) => client.operate('leases.list', { prefix, limit }));
  const rows = held.leases.map(({ name, server, token, ttlMs, leftMs }) => [
    ...[name, server, String(token)],
    ...[ttlMs, leftMs].map((ms) => showSeconds(ms / 1000)),
  ]);
  if (rows.length > 0)
    terminal.out(showTable(['lease', 'held by', 'token', 'for', 'left'], rows, paintFor(terminal)));
  else terminal.err(`no lease is held${prefix === '' ? '' : ` whose name begins with ${escaped(prefix)}`}`);
  if (rows.length < held.total) terminal.err(`first ${rows.length} of ${held.total}`);
  return exitCodes.fine;
}
