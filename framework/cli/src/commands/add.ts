import { type AskedOptions, askedMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { listServers } from '../operator.js';
import { paintFor, type Terminal } from '../terminal.js';
import { startSummary } from '../view/start-summary.js';
import { withProgress } from '../view/with-progress.js';
import { additionIn, additionOf } from './add/added-servers.js';

/** Options of `pomelo-ts add`. */
export interface AddOptions extends AskedOptions {
  /** Fields as `key=value`, a text of JSON5, or ids. */
  readonly entry: readonly string[];
  readonly file: string | undefined;
}

/** Adds servers to a running cluster and starts them. */
export async function add(options: AddOptions, terminal: Terminal): Promise<number> {
  const { entry, file } = options;
  const addition = file === undefined ? additionOf(entry) : additionIn(file);
  const master = await askedMaster(options);
  const begun = performance.now();
  try {
    const { client } = master;
    const { added } = await withProgress('add', [], terminal, (onProgress) =>
      'ids' in addition
        ? client.operate('servers.restore', addition, onProgress)
        : client.operate('servers.add', addition, onProgress),
    );
    const rows = (await listServers(master)).filter(({ id }) => added.includes(id));
    const ready = rows.filter(({ pid }) => pid !== undefined);
    const facts = { env: master.env, ms: performance.now() - begun };
    if (ready.length > 0) terminal.out(startSummary(ready, facts, paintFor(terminal)));
    for (const { id } of rows.filter(({ pid }) => pid === undefined))
      terminal.out(`${id} is added; it comes with pomelo-ts run --server ${id}`);
    return exitCodes.fine;
  } finally {
    master.client.close();
  }
}
