import type { Operations } from '@pomelo-ts/master';
import { type AskedOptions, withMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { paintFor, type Terminal } from '../terminal.js';
import { escaped, jsonText } from '../view/escaped.js';
import { showTable } from '../view/table.js';

/** Options of `pomelo-ts inspect`. */
export interface InspectOptions extends AskedOptions {
  readonly server: string | undefined;
  readonly kind: string | undefined;
  readonly id: string | undefined;
  readonly prefix: string;
  readonly limit: number;
}

type Listed = Operations['inspect.list']['answer'];

/** Lists what games let operators look at, or prints one of these things as JSON. */
export async function inspect(options: InspectOptions, terminal: Terminal): Promise<number> {
  const { server, kind, id, prefix, limit } = options;
  if (!(Number.isInteger(limit) && limit > 0 && limit <= 1000)) {
    terminal.err('expected --limit from 1 to 1000');
    return exitCodes.usage;
  }
  if (server !== undefined && kind !== undefined && id !== undefined) {
    const thing = { id: server, kind, thing: id };
    const { state, cut } = await withMaster(options, ({ client }) => client.operate('inspect.show', thing));
    if (cut === undefined) terminal.out(jsonText(state, 2));
    else terminal.out(`${escaped(cut)}\n(this is the begin: it is too long to be shown whole)`);
    return exitCodes.fine;
  }
  const wanted = {
    ...{ prefix, limit },
    ...(server !== undefined && { id: server }),
    ...(kind !== undefined && { kind }),
  };
  const listed = await withMaster(options, ({ client }) => client.operate('inspect.list', wanted));
  return showListed(listed, server, terminal);
}

function showListed({ things, silent }: Listed, server: string | undefined, terminal: Terminal): number {
  const rows = things.flatMap(({ server: at, kind, ids, total, more }) => [
    ...ids.map((id) => [at, kind, id]),
    ...(ids.length < total || more
      ? [[at, kind, more ? 'and more: not all were gone through' : `and ${total - ids.length} more`]]
      : []),
  ]);
  const broken = things.filter(({ problem }) => problem !== undefined);
  const isWell = broken.length === 0 && silent.length === 0;
  if (rows.length > 0) terminal.out(showTable(['server', 'kind', 'id'], rows, paintFor(terminal)));
  else if (isWell)
    terminal.err(
      `nothing is there to be looked at${server === undefined ? '' : ` on ${escaped(server)}`}: games name it by app.inspector (docs/guides/monitoring.md)`,
    );
  for (const { server: at, kind, problem } of broken)
    terminal.err(escaped(`the game on ${at} could not tell its things of the kind ${kind}: ${problem}`));
  for (const { id, reason } of silent) terminal.err(escaped(`no answer from ${id}: ${reason}`));
  return isWell ? exitCodes.fine : exitCodes.failure;
}
