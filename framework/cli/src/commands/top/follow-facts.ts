import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '@pomelo-ts/common';
import { askedBy, type Row, type ViewName } from '@pomelo-ts/views';
import type { MasterClient } from '../../master-client.js';
import type { ServerTab, TextLine } from '../../view/top/screen-state.js';
import { factsOf } from './facts-of.js';
import { ServerFacts } from './server-facts.js';

/** An opened line, and which part of it is shown. */
export interface OpenedLine {
  readonly view: ViewName;
  readonly row: Row;
  readonly tab: ServerTab;
  readonly columns: number;
  readonly plain: boolean;
}

/** Views of whose lines the master knows more than it tells in the table. */
const isFollowed = (view: ViewName): boolean => view === 'servers' || view === 'hosts';

/** Time between two questions about a server, in ms; what it was like in the last minutes is much to read, and for its configuration the master reads files. */
const againMs = { usual: 2000, host: 5000, past: 10_000, config: 30_000 } as const;

const paceOf = (tab: ServerTab): 'usual' | 'past' | 'config' => {
  if (tab === 'config') return tab;
  return tab === 'overview' || tab === 'events' ? 'past' : 'usual';
};

/**
 * Tells what is known of an opened line beside its cells: of a server and of a host again and again until `signal`, of what servers are asked for once, as it
 * is written down who has looked. What keeps it from being known is told as a line.
 */
export async function followFacts(
  connect: () => Promise<MasterClient>,
  { view, row, tab, columns, plain }: OpenedLine,
  tell: (lines: readonly TextLine[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const server = new ServerFacts(row.key, { columns, plain });
  const ask = async (client: MasterClient) =>
    view === 'servers' ? server.of(client, tab) : factsOf(client, view, row);
  if (!isFollowed(view) && askedBy(view) === undefined) return;
  do {
    let lines: readonly TextLine[];
    try {
      lines = await ask(await connect());
    } catch (error) {
      lines = [{ text: reasonOf(error), style: 'yellow' }];
    }
    if (signal.aborted) return;
    tell(lines);
    await sleep(againMs[view === 'hosts' ? 'host' : paceOf(tab)], undefined, { signal }).catch(() => {}); // then it is over
  } while (!signal.aborted && isFollowed(view));
}
