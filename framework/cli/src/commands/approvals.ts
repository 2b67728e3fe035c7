import { type AskedOptions, withMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { paintFor, type Terminal } from '../terminal.js';
import { answered } from '../view/answered.js';
import { escaped, jsonText } from '../view/escaped.js';
import { showTable } from '../view/table.js';

/** Names a change that waits for a second person. */
export interface ApprovalOptions extends AskedOptions {
  readonly id: string;
  readonly json?: boolean;
}

/** Prints the changes that wait until a second person approves them. */
export async function listApprovals(
  options: AskedOptions & { readonly json: boolean },
  terminal: Terminal,
): Promise<number> {
  const rows = await withMaster(options, ({ client }) => client.operate('approvals.list', {}));
  const table = rows.map(({ id, verb, by, target = '', args, until }) => [
    id,
    verb,
    target,
    by,
    new Date(until).toISOString(),
    JSON.stringify(args),
  ]);
  if (options.json) terminal.out(jsonText(rows, 2));
  else if (rows.length === 0) terminal.out('nothing waits for a second person');
  else
    terminal.out(
      showTable(['id', 'what', 'of', 'asked by', 'until', 'arguments'], table, paintFor(terminal)),
    );
  return exitCodes.fine;
}

/** Has a change go on that somebody has asked for. */
export async function approve(options: ApprovalOptions, terminal: Terminal): Promise<number> {
  const { id } = options;
  const answer = await withMaster(options, ({ client }) => client.operate('approvals.approve', { id }));
  const text = `${escaped(answer.verb)} of ${escaped(answer.by)} goes on`;
  answered(options, { answer, text }, terminal);
  return exitCodes.fine;
}

/** Ends a change that waits; whoever has asked for it is told why. */
export async function refuse(
  options: ApprovalOptions & { readonly reason: string | undefined },
  terminal: Terminal,
): Promise<number> {
  const { id, reason } = options;
  const asked = { id, ...(reason !== undefined && { reason }) };
  const answer = await withMaster(options, ({ client }) => client.operate('approvals.refuse', asked));
  const text = `${escaped(answer.verb)} of ${escaped(answer.by)} is refused`;
  answered(options, { answer, text }, terminal);
  return exitCodes.fine;
}
