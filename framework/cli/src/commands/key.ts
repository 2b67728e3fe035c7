import { type AskedOptions, withMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { paintFor, type Terminal } from '../terminal.js';
import { answered } from '../view/answered.js';
import { escaped, jsonText } from '../view/escaped.js';
import { showTable } from '../view/table.js';

/** What is done with a key of another program. */
export type KeyOptions = AskedOptions & { readonly json?: boolean } & (
    | {
        readonly act: 'create';
        readonly name: string;
        readonly role: string;
        readonly days: number | undefined;
        readonly rate: number;
      }
    | { readonly act: 'revoke'; readonly id: string }
  );

/** Prints the keys that there are, without what nobody may see of them again. */
export async function keys(
  options: AskedOptions & { readonly json: boolean },
  terminal: Terminal,
): Promise<number> {
  const rows = await withMaster(options, ({ client }) => client.operate('keys.list', {}));
  const table = rows.map(({ id, name, role, rate, expires, lastUse }) => [
    id,
    name,
    role,
    `${rate}/s`,
    expires === undefined ? 'never' : new Date(expires).toISOString(),
    lastUse === undefined ? '' : new Date(lastUse).toISOString(),
  ]);
  if (options.json) terminal.out(jsonText(rows, 2));
  else if (rows.length === 0) terminal.out('there are no keys');
  else
    terminal.out(
      showTable(['id', 'name', 'role', 'rate', 'runs out', 'last use'], table, paintFor(terminal)),
    );
  return exitCodes.fine;
}

/** Makes a key for another program, or makes one worth nothing. */
export async function key(options: KeyOptions, terminal: Terminal): Promise<number> {
  return withMaster(options, async ({ client }) => {
    if (options.act === 'revoke') {
      await client.operate('keys.revoke', { id: options.id });
      const text = `the key ${escaped(options.id)} is worth nothing now`;
      answered(options, { answer: { id: options.id }, text }, terminal);
      return exitCodes.fine;
    }
    const { name, role, days, rate } = options;
    const wanted = { name, role, rate, ...(days !== undefined && { days }) };
    const made = await client.operate('keys.create', wanted);
    terminal.err('keep it: it is not shown again');
    answered(options, { answer: made, text: made.key }, terminal);
    return exitCodes.fine;
  });
}
