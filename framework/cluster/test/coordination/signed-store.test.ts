import { randomBytes } from 'node:crypto';
import { coordinationStoreContract } from '@pomelo-ts/cluster/testing';
import { silentLogger } from '@pomelo-ts/common';
import type { NamedKey } from '@pomelo-ts/common/internal';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it, vi } from 'vitest';
import { MemoryStore } from '../../src/coordination/memory-store.js';
import { unseal } from '../../src/coordination/sealing.js';
import { SignedStore } from '../../src/coordination/signed-store.js';

const keyNamed = (name: string): NamedKey => ({ name, key: randomBytes(32) });
const [old, fresh, foreign] = [keyNamed('store:old'), keyNamed('store:new'), keyNamed('store:other')];

/** A store that others can reach, and how masters with these keys see it. */
function stores(...keys: NamedKey[]) {
  const bare = new MemoryStore();
  const error = vi.fn();
  const logger = { ...silentLogger, error };
  const at = (scope: string, ...known: NamedKey[]) =>
    new SignedStore(bare, { keys: () => known, scope, logger });
  return { bare, at, error, store: at('game/', ...keys) };
}

const forged = (reason: string) => ({ code: 'STORE_FORGED', message: expect.stringContaining(reason) });

const otherSecret = {
  code: 'STORE_SECRET_OTHER',
  message: expect.stringContaining('Delete nothing in the store'),
};

describe('SignedStore', () => {
  const clock = new FakeClock();
  let last = 0;
  const revisions = { next: () => ++last };
  const contract = coordinationStoreContract({
    open: () =>
      new SignedStore(new MemoryStore({ clock, revisions }), {
        keys: () => [old],
        scope: 'game/',
        logger: silentLogger,
      }),
    letPass: (ms) => clock.letPass(ms, ms),
  });
  for (const { title, run } of contract) it(title, run);

  it('takes no value that is not signed, whatever it is', async () => {
    const { bare, store } = stores(old);
    for (const text of ['', 'x', '{}', 'null', '[]', '{"value":"x","term":0,"by":"store:old","proof":""}']) {
      await bare.put('state', text);
      await expect(store.get('state')).rejects.toMatchObject({ code: 'STORE_FORGED' });
      await expect(store.list('')).rejects.toMatchObject({ code: 'STORE_FORGED' });
    }
    await expect(store.get('state')).rejects.toMatchObject(forged('etcdctl del game/state'));
  });

  it('takes no value of another secret, of another key, of another cluster, of another term, nor one that was changed', async () => {
    const { bare, at, store } = stores(old);
    await at('game/', foreign).put('state', 'x');
    await expect(store.get('state')).rejects.toMatchObject(otherSecret);
    await store.put('other', 'x');
    await bare.put('state', (await bare.get('other'))!.value);
    await expect(store.get('state')).rejects.toMatchObject(forged('its signature is wrong'));
    await at('staging/', old).put('state', 'x');
    await expect(store.get('state')).rejects.toMatchObject(forged('its signature is wrong'));
    await store.put('state', 'x');
    const { value } = (await bare.get('state'))!;
    for (const changed of [value.replace('"x"', '"y"'), value.replace('"term":0', '"term":1')]) {
      expect(changed).not.toBe(value);
      await bare.put('state', changed);
      await expect(store.get('state')).rejects.toMatchObject(forged('its signature is wrong'));
    }
  });

  it('binds the revision of the office of who wrote, and tells it', async () => {
    const { store } = stores(old);
    const office = await store.put('leader', 'me');
    const guard = { key: 'leader', created: office!.created };
    await store.put('state', 'x', { condition: { guard } });
    expect(await store.get('state')).toMatchObject({ value: 'x', term: office!.created });
  });

  it('takes no value whose office is younger than itself', async () => {
    const { bare, store } = stores(old);
    const elsewhere = stores(old);
    for (let n = 0; n < 5; n++) await elsewhere.bare.put('filler', 'x');
    const office = await elsewhere.store.put('leader', 'me');
    const guard = { key: 'leader', created: office!.created };
    await elsewhere.store.put('state', 'x', { condition: { guard } });
    await bare.put('state', (await elsewhere.bare.get('state'))!.value);
    await expect(store.get('state')).rejects.toMatchObject(forged('its term is yet to come'));
  });

  it('tells a watch nothing of a forged value, and says so', async () => {
    const { bare, store, error } = stores(old);
    const seen: string[] = [];
    const end = await store.watch('', (change) =>
      seen.push('put' in change ? change.put.value : `-${change.deleted}`),
    );
    await bare.put('a', 'forged');
    await store.put('a', 'true');
    await store.delete('a');
    await expect.poll(() => seen).toEqual(['true', '-a']);
    expect(error).toHaveBeenCalledTimes(1);
    end();
  });

  it('signs all anew for a secret that replaces another, with their leases and revisions of making', async () => {
    const { bare, at, store } = stores(old);
    const lease = await store.grant(60_000);
    const office = await store.put('leader', 'me', { lease });
    const guard = { key: 'leader', created: office!.created };
    await store.put('state', 'x', { condition: { guard } });
    const both = at('game/', fresh, old);
    await both.put('marks/a', '1');
    await expect(at('game/', fresh).get('marks/a')).rejects.toMatchObject(otherSecret);
    const taken = vi.fn();
    expect(await both.isReadableWith([fresh])).toBe(false);
    await both.resign([fresh], taken);
    expect(taken).toHaveBeenCalledTimes(1);
    expect(await both.isReadableWith([fresh])).toBe(true);
    const only = at('game/', fresh);
    expect((await only.list('')).map(({ key, value, term }) => [key, value, term])).toEqual([
      ['leader', 'me', undefined],
      ['marks/a', '1', undefined],
      ['state', 'x', office!.created],
    ]);
    expect((await only.get('leader'))?.created).toBe(office!.created);
    await store.revoke(lease);
    expect(await bare.get('leader')).toBeUndefined();
    expect(await bare.get('state')).toBeDefined();
  });

  it('has nobody read what is sealed but masters, and takes it for no other place and for nothing else', async () => {
    const { bare, at, store } = stores(old);
    const text = 'what nobody else shall read';
    expect(await store.put('accounts', text, { sealed: true })).toMatchObject({ value: text });
    const { value } = (await bare.get('accounts'))!;
    const signed = JSON.parse(value) as { value: string; sealed?: boolean };
    expect(value).not.toContain('nobody');
    expect(Buffer.from(signed.value, 'base64').toString('latin1')).not.toContain('nobody');
    expect(await store.get('accounts')).toMatchObject({ value: text });
    expect(await at('game/', fresh, old).list('')).toMatchObject([{ value: text }]);
    await store.put('again', text, { sealed: true });
    expect(JSON.parse((await bare.get('again'))!.value).value).not.toBe(signed.value);
    const { sealed: _, ...unmarked } = signed;
    for (const [key, changed] of [
      ['other', value],
      ['accounts', JSON.stringify(unmarked)],
      [
        'accounts',
        JSON.stringify({ ...signed, value: signed.value.replace(/^./, (one) => (one === 'A' ? 'B' : 'A')) }),
      ],
    ] as const) {
      await bare.put(key, changed);
      await expect(store.get(key)).rejects.toMatchObject(forged('its signature is wrong'));
    }
  });

  it('seals anew for a secret that replaces another, which is of no use for it any more', async () => {
    const { bare, at, store } = stores(old);
    await store.put('accounts', 'kept', { sealed: true });
    const before = (await bare.get('accounts'))!.value;
    await at('game/', fresh, old).resign([fresh], () => {});
    const after = (await bare.get('accounts'))!.value;
    expect(JSON.parse(after)).toMatchObject({ by: 'store:new', sealed: true });
    expect(JSON.parse(after).value).not.toBe(JSON.parse(before).value);
    expect(await at('game/', fresh).get('accounts')).toMatchObject({ value: 'kept' });
    const { value } = JSON.parse(after) as { value: string };
    expect(() => unseal(old.key, 'game/accounts', value)).toThrow();
    expect(unseal(fresh.key, 'game/accounts', value)).toBe('kept');
  });

  it('signs what is written meanwhile with the next key, too', async () => {
    const { at } = stores();
    const both = at('game/', fresh, old);
    for (const key of ['a', 'b']) await both.put(key, '1');
    let written: Promise<unknown> | undefined;
    const signing = both.resign([fresh], () => {
      written = both.put('c', 'just before the keys are taken');
    });
    await both.put('a', '2');
    await Promise.all([signing, written]);
    expect((await at('game/', fresh).list('')).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  });

  it('signs nothing anew that was forged', async () => {
    const { bare, at } = stores();
    await bare.put('state', 'forged');
    const taken = vi.fn();
    const signing = at('game/', fresh, old).resign([fresh], taken);
    await expect(signing).rejects.toMatchObject({ code: 'STORE_FORGED' });
    expect(taken).not.toHaveBeenCalled();
    expect((await bare.get('state'))?.value).toBe('forged');
  });
});
