import type { RegistryEntry, RegistryView } from '@pomelo-ts/cluster';
import { rendezvous } from '@pomelo-ts/common';
import type { RpcNode } from '@pomelo-ts/rpc';
import { expect, it } from 'vitest';
import { type RouteRule, TypeRouter } from '../../src/routing/type-router.js';
import { BackendSession } from '../../src/session/backend-session.js';

const entry = (id: string): RegistryEntry => ({
  ...{ id, type: 'chat', host: '127.0.0.1', frontend: false, weight: 1, bootId: `boot of ${id}` },
  ...{ buildId: '1', pid: 1, state: 'ready', joined: 1, extra: {} },
});

/** So many servers that sessions keep what was chosen for them, and so few that they do not. */
const sizes = [100, 3] as const;

/** Chat servers that can be changed, and a router to them. */
function routing(count: number, rule?: RouteRule) {
  let entries = Array.from({ length: count }, (_, n) => entry(`chat-${n}`));
  const registry = { ofType: () => entries, takingNew: () => entries } as unknown as RegistryView;
  const node = { peer: () => undefined } as unknown as RpcNode;
  return {
    router: new TypeRouter(registry, node, new Map(rule && [['chat', rule]])),
    leave: (id: string) => {
      entries = entries.filter((one) => one.id !== id);
    },
    expected: (key: string, without: readonly string[] = []) =>
      rendezvous(
        key,
        entries.filter(({ id }) => !without.includes(id)),
        ({ id }) => id,
      )!.id,
  };
}

const newSession = (id: string): BackendSession =>
  new BackendSession({ id, number: 1 }, 'connector-1', async () => undefined);

it.each(sizes)('sends a session where its key leads, of %i servers, after each change', (count) => {
  const { router, leave, expected } = routing(count);
  for (let n = 0; n < 200; n++) {
    const session = newSession(`s${n}`);
    const pick = () => router.pick('chat', session);
    expect([pick(), pick()]).toEqual(Array(2).fill(expected(`connector-1:s${n}`)));
    session.uid = `player-${n}`;
    const id = pick();
    expect([id, pick()]).toEqual(Array(2).fill(expected(`player-${n}`)));
    session.avoids = [id];
    expect([pick(), pick()]).toEqual(Array(2).fill(expected(`player-${n}`, [id])));
    session.avoids = [];
    expect(pick()).toBe(id);
    expect(router.pick('chat', `player-${n}`)).toBe(id);
    if (n % 50 === 0 && count > 3) {
      leave(id);
      expect(pick()).not.toBe(id);
      expect(pick()).toBe(expected(`player-${n}`));
    }
  }
});

it.each(sizes)('heeds what the game makes of a session each time, of %i servers', (count) => {
  let room = 'a';
  const { router, expected } = routing(count, { by: 'hash', key: () => room });
  const session = newSession('s1');
  for (room of ['a', 'b', 'c', 'a']) expect(router.pick('chat', session)).toBe(expected(room));
});
