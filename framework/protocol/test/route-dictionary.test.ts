import { expect, it } from 'vitest';
import { RouteDictionary } from '../src/route-dictionary.js';

it('numbers handler routes in default sort order from 1, then the extra routes in their own order', () => {
  const dictionary = RouteDictionary.fromRoutes(['chat.b.x', 'area.a.z', 'Chat.a.a'], ['onLeave', 'onAdd']);
  expect(JSON.stringify(dictionary.toObject())).toBe(
    '{"Chat.a.a":1,"area.a.z":2,"chat.b.x":3,"onLeave":4,"onAdd":5}',
  );
  expect(dictionary.size).toBe(5);
  expect(dictionary.codeOf('onAdd')).toBe(5);
  expect(dictionary.routeOf(5)).toBe('onAdd');
});

it('knows no other route and no other code', () => {
  const dictionary = RouteDictionary.fromRoutes(['a.b.c']);
  for (const route of ['toString', '__proto__', 'constructor', '']) expect(dictionary.codeOf(route)).toBe(0);
  for (const code of [0, 2, -1, 1.5]) expect(dictionary.routeOf(code)).toBeUndefined();
});

it('drops duplicates and leaves the caller’s list as it was', () => {
  const routes = ['b', 'a', 'b'];
  expect(RouteDictionary.fromRoutes(routes, ['a', 'c']).toObject()).toEqual({ a: 1, b: 2, c: 3 });
  expect(routes).toEqual(['b', 'a', 'b']);
});

it('takes a route called __proto__ as any other', () => {
  const dictionary = RouteDictionary.fromRoutes(['__proto__', 'a']);
  const object = dictionary.toObject();
  expect(JSON.stringify(object)).toBe('{"__proto__":1,"a":2}');
  expect(Object.getPrototypeOf(object)).toBe(Object.prototype);
  expect(RouteDictionary.fromObject(JSON.parse(JSON.stringify(object))).routeOf(1)).toBe('__proto__');
});

it('is the same after a handshake', () => {
  const dictionary = RouteDictionary.fromRoutes(['b', 'a'], ['onX']);
  expect(RouteDictionary.fromObject(dictionary.toObject()).toObject()).toEqual(dictionary.toObject());
  expect(RouteDictionary.fromObject({ far: 65535 }).routeOf(65535)).toBe('far');
});

it.each([{ a: 0 }, { a: 65536 }, { a: 1.5 }, { a: '1' as unknown as number }, { a: 1, b: 1 }])(
  'refuses codes that cannot be sent or are not unique (%o)',
  (dict) => {
    expect(() => RouteDictionary.fromObject(dict)).toThrow(expect.objectContaining({ code: 'DICTIONARY' }));
  },
);

it('refuses more routes than there are codes', () => {
  const routes = Array.from({ length: 65536 }, (_, i) => `r${i}`);
  expect(() => RouteDictionary.fromRoutes(routes)).toThrow(expect.objectContaining({ code: 'DICTIONARY' }));
});
