import { describe, expect, it } from 'vitest';
import { ClusterKeys, ServerKeyring } from '../src/keys.js';

const first = 'the first secret of this cluster';
const second = 'the second secret of this cluster';

describe('the keys of a cluster', () => {
  it('tell who somebody is by the key that was proved', async () => {
    const keys = await ClusterKeys.of({ secret: first });
    const [chat] = keys.ofServer('chat-1').link;
    const found = keys.linkKey(chat!.name);
    expect(found?.who).toEqual({ role: 'server', id: 'chat-1', keyName: chat!.name });
    expect(found?.key.toString('hex')).toBe(chat!.key);
    const [operator] = keys.operator;
    expect(keys.linkKey(operator!.name)).toEqual({
      key: operator!.key,
      who: { role: 'operator', id: 'operator' },
    });
  });

  it('give a server none of which the key of an operator or of another server can be told', async () => {
    const keys = await ClusterKeys.of({ secret: first });
    const given = JSON.stringify(keys.ofServer('chat-1'));
    const withheld = [
      ...keys.operator.map(({ key }) => key.toString('hex')),
      ...keys.store.map(({ key }) => key.toString('hex')),
      ...keys.ofServer('chat-2').link.map(({ key }) => key),
      ...keys.roots,
      first,
    ];
    for (const secret of withheld) expect(given).not.toContain(secret);
  });

  it.each(['', 'operator', 'operator:', 'server:', 'rpc:', 'store:', 'operator:x', 'constructor:y:z'])(
    'know no link key by the name "%s"',
    async (name) => {
      const keys = await ClusterKeys.of({ secret: first });
      const [of] = keys.names;
      for (const one of [name, `${name}${of}`, `${name}${of}:`])
        if (one !== `operator:${of}`) expect(keys.linkKey(one)).toBeUndefined();
    },
  );

  it('take the secret before as well, after the new one', async () => {
    const before = await ClusterKeys.of({ secret: first });
    const both = await ClusterKeys.of({ secret: second, previous: first });
    expect(both.names).toEqual([(await ClusterKeys.of({ secret: second })).names[0], before.names[0]]);
    expect(both.ofServer('a').link[1]).toEqual(before.ofServer('a').link[0]);
    expect(both.linkKey(before.operator[0]!.name)?.who.role).toBe('operator');
    before.replace(await ClusterKeys.of({ secret: second }));
    expect(before.linkKey(both.operator[1]!.name)).toBeUndefined();
  });

  it('come back from what they are made of', async () => {
    const keys = await ClusterKeys.of({ secret: second, previous: first });
    expect(ClusterKeys.ofRoots(keys.roots).ofServer('a')).toEqual(keys.ofServer('a'));
  });

  it('change in a server when it is told so', async () => {
    const keys = await ClusterKeys.of({ secret: first });
    const ring = new ServerKeyring(keys.ofServer('a'));
    const other = await ClusterKeys.of({ secret: second, previous: first });
    ring.replace(other.ofServer('a'));
    expect(ring.link().map(({ name }) => name)).toEqual(other.ofServer('a').link.map(({ name }) => name));
    expect(ring.rpc()[1]!.key.toString('hex')).toBe(keys.ofServer('a').rpc[0]!.key);
  });
});
