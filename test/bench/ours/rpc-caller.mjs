// The calling end of the RPC measurement: node rpc-caller.mjs <job as JSON>
import { RpcNode } from '@pomelo-ts/rpc';
import { report } from '../lib/announce.mjs';
import { callLoop } from '../load/call-loop.mjs';
import { callerEnd, keys, serverEnd, transportFor } from './rpc-ends.mjs';

/** @type {import('../load/call-loop.mjs').CallJob} */
const job = JSON.parse(process.argv[2] ?? '{}');
const node = new RpcNode({
  ...callerEnd,
  keys,
  transport: transportFor(job.encryption),
  handlers: {
    request(method) {
      throw new Error(`the caller answers nothing, and not ${method}`);
    },
  },
});
node.addPeer({ ...serverEnd, host: '127.0.0.1', port: job.port });
const result = await callLoop(job, (argument) =>
  node.request(serverEnd.id, 'chat.chatRemote.echo', [argument]),
);
await node.close();
report(result);
