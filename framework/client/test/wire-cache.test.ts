import { parseProtos } from '@pomelo-ts/protocol';
import { expect, it } from 'vitest';
import { WireCache, type WireStorage } from '../src/wire-cache.js';

const protos = {
  server: parseProtos({ onMove: { 'required uInt32 x': 1 } }),
  client: parseProtos({ 'a.b.c': { 'required uInt32 y': 1 } }),
  version: 'p1',
};
const full = { useDict: true, dict: { 'a.b.c': 1 }, dictVersion: 'd1', useProto: true, protos };

class MemoryStorage implements WireStorage {
  readonly values = new Map<string, string>();
  getItem = (key: string) => this.values.get(key) ?? null;
  setItem = (key: string, value: string) => {
    this.values.set(key, value);
  };
}

it('uses what was kept when the server says that it is current', () => {
  const cache = new WireCache();
  expect(cache.versions()).toEqual({});
  cache.agree(full);
  expect(cache.versions()).toEqual({ dictVersion: 'd1', protoVersion: 'p1' });
  const wire = cache.agree({ useDict: true, useProto: true });
  expect(wire.dictionary?.codeOf('a.b.c')).toBe(1);
  expect(wire.clientCodec?.has('a.b.c')).toBe(true);
  expect(wire.serverCodec?.has('onMove')).toBe(true);
});

it('uses nothing with a server that has neither dictionary nor protos', () => {
  const cache = new WireCache();
  cache.agree(full);
  expect(cache.agree({ heartbeat: 3 })).toEqual({});
  expect(cache.versions()).toEqual({ dictVersion: 'd1', protoVersion: 'p1' });
});

it('uses a dictionary without a version and does not keep it', () => {
  const cache = new WireCache();
  expect(cache.agree({ dict: { r: 9 } }).dictionary?.routeOf(9)).toBe('r');
  expect(cache.versions()).toEqual({});
});

it('keeps both in the storage for the next page', () => {
  const storage = new MemoryStorage();
  new WireCache(storage).agree(full);
  const next = new WireCache(storage);
  expect(next.versions()).toEqual({ dictVersion: 'd1', protoVersion: 'p1' });
  expect(next.agree({ useDict: true }).dictionary?.codeOf('a.b.c')).toBe(1);
});

it.each(['{', 'null', '5', '{"dict":{"a":0},"dictVersion":"x"}', '{"protos":{}}', '{"dict":5,"protos":7}'])(
  'starts afresh when the storage holds %s',
  (text) => {
    const storage = new MemoryStorage();
    storage.setItem('pomelo-ts.wire', text);
    const cache = new WireCache(storage);
    expect(cache.versions().dictVersion).toBeUndefined();
    expect(() => cache.agree(full)).not.toThrow();
  },
);

it('goes on without a storage that throws', () => {
  const broken: WireStorage = {
    getItem: () => {
      throw new Error('forbidden');
    },
    setItem: () => {
      throw new Error('full');
    },
  };
  const cache = new WireCache(broken);
  cache.agree(full);
  expect(cache.versions()).toEqual({ dictVersion: 'd1', protoVersion: 'p1' });
});
