import { verifyAudit } from '@pomelo-ts/master/internal';
import { changeText, reasonGiven } from '@pomelo-ts/views';
import { type AskedOptions, withMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { gameRoot } from '../game.js';
import { paintFor, type Terminal } from '../terminal.js';
import { escaped, jsonText } from '../view/escaped.js';
import { showTable } from '../view/table.js';
import { count } from '../view/units.js';

/** Options of `pomelo-ts audit`. */
export interface AuditOptions extends AskedOptions {
  readonly json: boolean;
  readonly name: string | undefined;
  readonly verb: string | undefined;
  readonly limit: number;
}

/** Prints who has asked the master for what, and what came of it, the latest last as in any log. */
export async function showAudit(options: AuditOptions, terminal: Terminal): Promise<number> {
  const { name, verb, limit, json } = options;
  const query = { limit, ...(name !== undefined && { name }), ...(verb !== undefined && { verb }) };
  const { records } = await withMaster(options, ({ client }) => client.operate('audit.read', query));
  const inOrder = [...records].reverse();
  const table = inOrder.map(
    ({ n, at, by, via, from = '', verb: what, target, args, was, is, result, reason = '', count: looks }) => [
      String(n),
      at,
      by,
      via,
      from,
      what,
      target ?? namedIn(args),
      result,
      looks === undefined
        ? reason || reasonGiven(args) || changeText(was, is)
        : `${looks} times within a minute`,
    ],
  );
  if (json) terminal.out(jsonText(inOrder, 2));
  else if (table.length === 0) terminal.out('nothing of that was asked for');
  else
    terminal.out(
      showTable(['no', 'at', 'by', 'via', 'from', 'what', 'of', 'result', 'why'], table, paintFor(terminal)),
    );
  return exitCodes.fine;
}

/** The user, account or key that an operation was asked for, where it is for no server. */
function namedIn(args: object = {}): string {
  const { uid, name } = args as { readonly uid?: unknown; readonly name?: unknown };
  const named = uid ?? name;
  return named === undefined ? '' : String(named);
}

/** Looks at the files of the audit log on this machine, for which no master need run, or has a master elsewhere look at its own. Exit code 1 where they were changed. */
export async function verifyAuditLog(options: AskedOptions, terminal: Terminal): Promise<number> {
  const { files, records, first, last, cut, overtaken, broken } = await (options.master === undefined
    ? verifyAudit(gameRoot(options.directory))
    : withMaster(options, ({ client }) => client.operate('audit.verify', {})));
  if (!first || !last) {
    terminal.out(`there is no audit log ${options.master === undefined ? 'on this machine' : 'there'}`);
    return exitCodes.fine;
  }
  for (const { file, line, why } of broken) terminal.err(`error ${file}, line ${line}: ${escaped(why)}`);
  const isWhole = broken.length === 0 ? '; each follows the one before' : '';
  terminal.out(
    `${count(records, 'record')} in ${count(files, 'file')}, from ${escaped(first.at)} to ${escaped(last.at)}${isWhole}`,
  );
  terminal.out(`the last one is ${last.n}, with the hash ${last.hash}`);
  if (overtaken > 0)
    terminal.out(
      `${count(overtaken, 'line')} came too late, as another master wrote at once, and were written anew`,
    );
  if (cut > 0) terminal.out(`${count(cut, 'line')} cut by a full disk or the end of a process`);
  return broken.length === 0 ? exitCodes.fine : exitCodes.failure;
}
