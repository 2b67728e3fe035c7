import { silentLogger } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import { SilentPort } from '../../../test/helpers/silent-port.js';
import { RpcNode } from '../src/index.js';
import { type RpcEncryption, tcpTransport } from '../src/transport/tcp.js';
import { testKey } from './cluster-of-nodes.js';

const ids = { id: 'b-1', bootId: 'boot-of-b' };

function nodeOf(encryption: RpcEncryption, self: { id: string; bootId: string }, reasons: string[] = []) {
  const transport = tcpTransport({ keys: () => [testKey], encryption });
  const debug = (_: string, facts?: object) => void reasons.push(JSON.stringify(facts));
  const logger = { ...silentLogger, debug };
  const request = () => `from ${self.id}`;
  return new RpcNode({ ...self, keys: () => [testKey], transport, logger, handlers: { request } });
}

describe('a listener of calls that takes the connection and is silent', () => {
  it.each([
    ['in plain', 'never', /no handshake within 5000 ms/],
    ['encrypted', 'always', /no proof within \d{1,4} ms/],
  ] as const)(
    'has its time, dialed %s; then its calls fail, and it is dialed until it answers',
    async (_, encryption, told) => {
      const silent = await SilentPort.open();
      const reasons: string[] = [];
      const a = nodeOf(encryption, { id: 'a-1', bootId: 'boot-of-a' }, reasons);
      const b = nodeOf(encryption, ids);
      try {
        await a.listen({ host: '127.0.0.1', port: 0 });
        const { port } = silent;
        a.addPeer({ ...ids, type: 'b', host: '127.0.0.1', port, dial: true });
        await expect(a.request('b-1', 'm', [], { timeoutMs: 15_000 })).rejects.toMatchObject({
          code: 'RPC_REFUSED',
          message: expect.stringMatching(told),
        });
        await expect.poll(() => silent.ended).toBeGreaterThan(0);
        await expect.poll(() => silent.taken).toBeGreaterThan(1); // it goes on dialing
        await silent[Symbol.asyncDispose]();
        b.addPeer({ id: 'a-1', bootId: 'boot-of-a', type: 'a', host: '127.0.0.1', dial: false });
        // who dials a port of this machine that nobody listens at may come to have it, for a while
        const listens = () =>
          b
            .listen({ host: '127.0.0.1', port })
            .then(() => true)
            .catch(() => false);
        await expect.poll(listens).toBe(true);
        const answer = () => a.request('b-1', 'm', []).catch((error: Error) => error.message);
        await expect.poll(answer).toBe('from b-1');
      } finally {
        await silent[Symbol.asyncDispose]();
        await Promise.all([a.close(), b.close()]);
      }
    },
  );
});
