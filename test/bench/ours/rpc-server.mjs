// The answering end of the RPC measurement.
import { RpcNode, tcpTransport } from '@pomelo-ts/rpc';
import { announce } from '../lib/announce.mjs';
import { callerEnd, secret, serverEnd } from './rpc-ends.mjs';

const node = new RpcNode({
  ...serverEnd,
  secret,
  transport: tcpTransport(),
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
