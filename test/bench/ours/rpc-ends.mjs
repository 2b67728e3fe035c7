import { rpcKeys, tcpTransport } from '@pomelo-ts/rpc';

/** The two ends of the RPC measurement as they know each other before they meet. */
export const serverEnd = { id: 'chat-1', bootId: 'bench-chat', type: 'chat' };
export const callerEnd = { id: 'caller-1', bootId: 'bench-caller', type: 'caller' };

/** Made of what both know through the environment, as in a cluster. */
const made = await rpcKeys(process.env['POMELO_TS_SECRET'] ?? 'a secret for runs by hand');
export const keys = () => made;

/** @param {'auto' | 'always'} encryption */
export const transportFor = (encryption = 'auto') => tcpTransport({ keys, encryption });
