// The load client, one process: node main.mjs <job as JSON>; prints the result as one JSON line.
import { endWithParent, report } from '../lib/announce.mjs';
import { broadcast } from './broadcast.mjs';
import { closedLoop } from './closed-loop.mjs';
import { connectStorm } from './connect-storm.mjs';
import { openLoop } from './open-loop.mjs';

/** @type {Record<string, (job: any) => Promise<unknown>>} */
const kinds = {
  'closed-loop': closedLoop,
  'open-loop': openLoop,
  broadcast,
  'connect-storm': connectStorm,
};

endWithParent();

const job = JSON.parse(process.argv[2] ?? '{}');
const run = kinds[job.kind];
if (!run) throw new Error(`no load of the kind ${job.kind}; there are ${Object.keys(kinds).join(', ')}`);
report(await run(job));
