// The answering end of the RPC measurement.
import { RpcNode } from '@pomelo-ts/rpc';
import { announce } from '../lib/announce.mjs';
import { callerEnd, keys, serverEnd, transportFor } from './rpc-ends.mjs';

const { encryption } = JSON.parse(process.argv[2] ?? '{}');
const node = new RpcNode({
  ...serverEnd,
  keys,
  transport: transportFor(encryption),
  handlers: {
    request(method, args) {
      if (method !== 'chat.chatRemote.echo') throw new Error(`no method ${method}`);
      return args[0];
    },
  },
});
const port = await node.listen({ host: '127.0.0.1', port: 0 });
node.addPeer({ ...callerEnd, host: '127.0.0.1' });
announce({ port });
