import { ProtobufCodec, parseProtos } from '@pomelo-ts/protocol';
import { describe, expect, it } from 'vitest';
import { type KnownProtos, makeProtos } from '../src/index.js';
import { GameSources } from './game-sources.js';

/** The protos of a game whose contract file, and whose one handler, have these members. */
function protosOf({ pushes = '', errors = '', types = '', methods = '' }, known?: KnownProtos) {
  using game = new GameSources({
    'app/servers/a/handler/bHandler.ts': `${types}\nexport default class {\n${methods}\n}`,
    'app/contract.ts': `${types}\nexport interface Pushes {\n${pushes}\n}\nexport interface Errors {\n${errors}\n}`,
  });
  return makeProtos(game.contract, known);
}

const leftOf = (made: ReturnType<typeof makeProtos>) => made.left.map(({ what, why }) => `${what}: ${why}`);

describe('protos made from types', () => {
  it('carry what was said, there and back', () => {
    const { serverProtos, left } = protosOf({
      types: `interface Item {
        /** @proto uInt32 */
        id: number; name?: string }`,
      pushes: `onAll: {
        text: string; kind: 'a' | 'b'; level: 1 | 2; sign: -1 | 1; share: number;
        /** @proto sInt32 */
        change: number;
        /** @proto uInt32 */
        numbers?: number[]; words?: string[]; item: Item; items?: Item[]; where: { x: number; y: number };
      };`,
    });
    expect(left).toEqual([]);
    expect(serverProtos).toEqual({
      onAll: {
        'message Item': { 'required uInt32 id': 1, 'optional string name': 2 },
        'message Where': { 'required double x': 1, 'required double y': 2 },
        'required string text': 1,
        'required string kind': 2,
        'required uInt32 level': 3,
        'required sInt32 sign': 4,
        'required double share': 5,
        'required sInt32 change': 6,
        'repeated uInt32 numbers': 7,
        'repeated string words': 8,
        'required Item item': 9,
        'repeated Item items': 10,
        'required Where where': 11,
      },
    });
    const codec = new ProtobufCodec(parseProtos(serverProtos));
    const body = {
      ...{
        text: 'hé',
        kind: 'b',
        level: 2,
        sign: -1,
        share: 0.25,
        change: -7,
        numbers: [1, 300],
        words: ['x'],
      },
      ...{ item: { id: 9 }, items: [{ id: 1, name: 'one' }], where: { x: -0.5, y: 2 } },
    };
    const bytes = codec.encode('onAll', body);
    expect(codec.decode('onAll', bytes, 0, bytes.length)).toEqual(body);
  });

  it('put requests into one file, answers and pushes into the other', () => {
    const made = protosOf({
      methods: 'go(msg: { text: string }): { name: string } { throw 0; }',
      pushes: 'onX: { x: number };',
    });
    expect(made).toEqual({
      clientProtos: { 'a.bHandler.go': { 'required string text': 1 } },
      serverProtos: {
        'a.bHandler.go': {
          'optional string name': 1,
          'optional uInt32 code': 2,
          'optional string message': 3,
        },
        onX: { 'required double x': 1 },
      },
      left: [],
    });
  });

  it('leave room in an answer for a request that fails', () => {
    const { serverProtos } = protosOf({
      methods:
        "go(msg: { a: 1 }): { code: 200; name: string; kind: 'x' } | { code: 500; kind: 'y' } { throw 0; }",
    });
    const codec = new ProtobufCodec(parseProtos(serverProtos));
    for (const answer of [
      { code: 200, name: 'n', kind: 'x' },
      { code: 500, kind: 'y' },
      { code: 504, message: 'too late' },
    ]) {
      const bytes = codec.encode('a.bHandler.go', answer);
      expect(codec.decode('a.bHandler.go', bytes, 0, bytes.length)).toEqual(answer);
    }
  });

  it('keep the numbers that fields have, and give new ones to new fields only', () => {
    const known = {
      onX: {
        'required double x': 4,
        'optional Old inner': 2,
        'required string gone': 9,
        'message Old': { 'required string a': 3 },
      },
    };
    const { serverProtos } = protosOf(
      { pushes: 'onX: { added: string; x: number; inner?: { b: number; a: string } };' },
      { serverProtos: known },
    );
    expect(serverProtos).toEqual({
      onX: {
        'message Old': { 'required double b': 4, 'required string a': 3 },
        'required string added': 10,
        'required double x': 4,
        'optional Old inner': 2,
      },
    });
  });

  it.each([
    [
      'onX: { a: boolean };',
      'a is a boolean, which pomelo’s own clients do not know; @proto bool where no such client plays',
    ],
    ['onX: { a: string | number };', 'a is one of several: number, string'],
    ['onX: { a: string | null };', 'a may be null, which protobuf cannot say'],
    ['onX: { a: unknown };', 'a may be anything'],
    ['onX: { a: string[] };', 'a must be there, but an empty list is absent in protobuf: make it optional'],
    ['onX: { a?: string[][] };', 'a is a list of lists'],
    ['onX: { a?: [string, number] };', 'a is a list whose elements have their own types each'],
    ['onX: { a: Record<string, number> };', 'a has properties of any name'],
    [
      'onX: { a: { b: { c: boolean } } };',
      'a.b.c is a boolean, which pomelo’s own clients do not know; @proto bool where no such client plays',
    ],
    ["onX: { 'a b': string };", 'a b has a name that protos cannot say'],
    ['onX: string;', 'it is not always an object'],
    ['onX: unknown;', 'it may be anything'],
    ['onX: { a: 1 } | null;', 'it may be null, which protobuf cannot say'],
    ['onX: {};', 'it has nothing in it'],
    ['/** @proto none */\nonX: { a: 1 };', 'it is marked @proto none'],
  ])('say why there are none for %s', (pushes, why) => {
    const made = protosOf({ pushes });
    expect(leftOf(made)).toEqual([`push onX: ${why}`]);
    expect(made.serverProtos).toEqual({});
  });

  it('take a boolean where that is asked for', () => {
    expect(protosOf({ pushes: 'onX: {\n/** @proto bool */\na: boolean };' }).serverProtos).toEqual({
      onX: { 'required bool a': 1 },
    });
  });

  it('end at a type that leads back to itself', () => {
    const made = protosOf({
      types: 'interface Tree { name: string; left?: Tree; right?: Tree }',
      pushes: 'onX: Tree;',
    });
    expect(leftOf(made)).toEqual(['push onX: left.left leads back to itself']);
  });

  it('say why an answer stays JSON', () => {
    const methods = "go(): { code: 'done' } { throw 0; }\nno(): { a: 1 } { throw 0; }";
    expect(leftOf(protosOf({ methods })).filter((line) => line.startsWith('answer'))).toEqual([
      'answer of a.bHandler.go: code is no number, as it is when a request fails',
    ]);
    expect(
      leftOf(protosOf({ methods, errors: 'FULL: undefined;' })).filter((line) => line.startsWith('answer')),
    ).toEqual([
      'answer of a.bHandler.go: it may be an error of the game, whose code is a text and whose data has many forms',
      'answer of a.bHandler.no: it may be an error of the game, whose code is a text and whose data has many forms',
    ]);
  });
});
