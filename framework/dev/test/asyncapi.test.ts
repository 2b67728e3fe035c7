import { createRequire } from 'node:module';
import type { Contract } from '@pomelo-ts/common/contract';
import { Ajv } from 'ajv';
import { expect, it } from 'vitest';
import { asyncApiOf } from '../src/index.js';
import { GameSources } from './game-sources.js';

const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json') as object;

const validate = new Ajv({ strict: false, validateFormats: false, logger: false }).compile(schema);

function documentOf(contract: Contract): Record<string, Record<string, unknown>> {
  const document = asyncApiOf(contract, { title: 'game', version: '1.2.3' });
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  return JSON.parse(JSON.stringify(document));
}

/** What a reference inside a document leads to. */
function follow(document: unknown, ref: string): unknown {
  return ref
    .slice(2)
    .split('/')
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((at, step) => (at as Record<string, unknown>)?.[step], document);
}

function refsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => (key === '$ref' ? [String(one)] : refsIn(one)));
}

it('is a valid AsyncAPI 3 document whose references all lead somewhere', () => {
  using game = new GameSources({
    'app/servers/room/handler/roomHandler.ts': `
      /** Where somebody is. */
      interface Place { at: [x: number, y: number, ...rest: string[]]; name: 'a' | 'b'; inner?: Place; empty: never[] }
      export default class {
        /**
         * Joins a room.
         * And waits.
         * @deprecated
         */
        join(msg: { room: string; place: Place | null }): { code: 200; places: Record<string, Place> } { throw 0; }
      }`,
    'app/contract.ts': `
      export interface Pushes { /** Somebody moved. */ 'on/Move~': { to: number } }
      export interface Errors {
        /** No more fit in. */
        ROOM_FULL: { max: number };
        GONE: undefined;
      }`,
  });
  const document = documentOf(game.contract);
  const route = 'room.roomHandler.join';
  expect(document['operations']![route]).toMatchObject({
    action: 'receive',
    summary: 'Joins a room.',
    reply: { messages: expect.arrayContaining([{ $ref: `#/channels/${route}/messages/ROOM_FULL` }]) },
  });
  expect(document['operations']!['on/Move~']).toMatchObject({ action: 'send' });
  expect(document['components']!['messages']).toMatchObject({
    GONE: { payload: { properties: { code: { const: 'GONE' } }, required: ['code', 'message'] } },
    ROOM_FULL: { payload: { required: ['code', 'message', 'data'] } },
  });
  expect(refsIn(document).filter((ref) => follow(document, ref) === undefined)).toEqual([]);
});

it('has schemas that take what the types take, and nothing else', () => {
  using game = new GameSources({
    'app/servers/a/handler/bHandler.ts':
      "export default class { go(msg: { at: [number, string?]; kind: 'x' | 1; many: { ok: boolean }[] }) {} }",
  });
  const document = documentOf(game.contract) as never;
  const payload = follow(document, '#/channels/a.bHandler.go/messages/request/payload') as object;
  const takes = new Ajv({ strict: false }).compile(payload);
  const good = { at: [1, 'a'], kind: 'x', many: [{ ok: true }] };
  expect(takes(good)).toBe(true);
  for (const wrong of [
    { at: [] },
    { at: [1, 'a', 2] },
    { at: ['a'] },
    { kind: 2 },
    { many: [{}] },
    { many: undefined },
  ])
    expect(takes({ ...good, ...wrong }), JSON.stringify(wrong)).toBe(false);
});

it('describes a game without pushes and errors', () => {
  documentOf({ contractVersion: 1, routes: {}, pushes: {}, errors: {}, definitions: {} });
});
