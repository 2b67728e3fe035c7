import { randomBytes } from 'node:crypto';
import type { NamedKey } from '@pomelo-ts/common/internal';
import { RpcNode, type RpcNodeOptions } from '../src/index.js';
import type { RpcHandlers } from '../src/node/calls.js';
import type { PeerEntry } from '../src/node/peer.js';
import { MemoryNetwork, memoryTransport } from '../src/transport/memory.js';
import { tcpTransport } from '../src/transport/tcp.js';
import type { RpcChannel, RpcTransport } from '../src/transport.js';
import { dialHandshake, type HandshakeIdentity, type ProvedChannel } from '../src/wire/handshake.js';

/** What the nodes prove to each other. */
export const testKey: NamedKey = { name: 'rpc of a test', key: randomBytes(32) };

/** Makes the transports of one cluster. */
export const transports: Record<string, () => () => RpcTransport> = {
  tcp: () => () => tcpTransport(),
  'encrypted tcp': () => () => tcpTransport({ keys: () => [testKey], encryption: 'always' }),
  memory: () => {
    const network = new MemoryNetwork();
    return () => memoryTransport(network);
  },
};

/** Proves to the end of `channel` that is `expected` to be `self`, as a node does that has the key. */
export function proveTo(
  channel: RpcChannel,
  expected: HandshakeIdentity,
  self: HandshakeIdentity,
  key = testKey,
  timeoutMs = 1000,
): Promise<ProvedChannel> {
  const options = { self, timeoutMs, maxFrameBytes: 1 << 20 };
  return new Promise((done, failed) => dialHandshake(channel, expected, key, options, { done, failed }));
}

/** A few nodes on one transport; all are closed at the end of a block that holds it with `await using`. */
export class ClusterOfNodes implements AsyncDisposable {
  readonly #nodes: RpcNode[] = [];
  readonly #transport: () => RpcTransport;

  constructor(transport: string) {
    this.#transport = transports[transport]!();
  }

  /** A listening node, and how others name it. */
  async node(
    id: string,
    handlers: Partial<RpcHandlers> = {},
    options: Partial<RpcNodeOptions> = {},
  ): Promise<{ node: RpcNode; entry: PeerEntry }> {
    const bootId = options.bootId ?? `boot-of-${id}`;
    const node = new RpcNode({
      id,
      bootId,
      keys: () => [testKey],
      transport: this.#transport(),
      handlers: { request: (method, args) => ({ method, args }), ...handlers },
      ...options,
    });
    this.#nodes.push(node);
    const port = await node.listen({ host: '127.0.0.1', port: 0 });
    return { node, entry: { id, bootId, type: id.split('-')[0]!, host: '127.0.0.1', port } };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#nodes.map((node) => node.close()));
  }
}
