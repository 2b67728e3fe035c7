import {
  decodeBody,
  encodeMessage,
  encodePackage,
  type MessageType,
  MessageView,
  messageHeadBytes,
  messageType,
  type PackageSink,
  PackageSplitter,
  ProtobufCodec,
  ProtocolError,
  parseProtos,
  readMessage,
  splitPackages,
} from '@pomelo-ts/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../framework/protocol/test/hex.js';
import { browserVectors, sampleProtos, vectors } from '../../framework/protocol/test/protobuf/vectors.js';

const maxPackageBytes = 4096;
const codec = new ProtobufCodec(
  parseProtos({
    ...sampleProtos,
    'message Tree': { 'optional Tree left': 1, 'repeated Tree right': 2, 'optional string name': 3 },
    'message Entry': { 'required string key': 1, 'required Tree value': 2 },
    pinus: {
      'optional Tree tree': 1,
      'map Entry map': 2,
      'obj Entry obj': 3,
      'repeated bool flags': 4,
      'optional sInt64 s': 5,
    },
  }),
);
const routes = ['t', 'onMove', 'pinus'];

/** Whole packages and messages as both peers write them: the seeds that random edits start from. */
const corpus = [
  ...['010000027b7d', '02000000', '03000000', '050000107b22726561736f6e223a22627965227d'],
  ...['000105612e622e637b7d', '00800105612e622e637b7d', '01ac0200017b7d', '0205612e622e637b7d', '0301027b7d'],
  ...[
    '04017b22636f6465223a3230307d',
    '06036f6e587b7d',
    '0700077b7d',
    '14057b7d',
    '04ffffffff07',
    '008080808008',
  ],
  ...[...vectors, ...browserVectors].map(([, , hex]) => hex),
].map(bytesOf);

const edited = fc
  .tuple(
    fc.constantFrom(...corpus),
    fc.array(fc.tuple(fc.nat(64), fc.oneof(fc.constantFrom(0, 0x7f, 0x80, 0xff), fc.nat(255))), {
      maxLength: 4,
    }),
    fc.nat(3),
  )
  .map(([seed, edits, cut]) => {
    const bytes = seed.slice(0, Math.max(0, seed.length - cut));
    for (const [at, byte] of edits) if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return bytes;
  });
const anyBytes = fc.oneof(
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  { weight: 2, arbitrary: edited },
  {
    weight: 1,
    arbitrary: fc.tuple(edited, edited).map(([a, b]) => encodePackage(4, new Uint8Array([...a, ...b]))),
  },
);

/** What a call gave: its value, or the ProtocolError it threw. Any other error goes on and fails the test. */
function outcome<T>(run: () => T): T | ProtocolError {
  try {
    return run();
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

describe('any bytes give a value or a ProtocolError', () => {
  it('as one frame, as a stream cut anywhere, and both agree', () => {
    fc.assert(
      fc.property(anyBytes, fc.array(fc.nat(200), { maxLength: 6 }), (bytes, cuts) => {
        const whole: string[] = [];
        const pieces: string[] = [];
        const into = (list: string[]): PackageSink => ({
          onPackage(type, from, start, end) {
            list.push(`${type}:${from.subarray(start, end).join()}`);
          },
        });
        const frame = outcome(() => splitPackages(bytes, maxPackageBytes, into(whole)));
        const splitter = new PackageSplitter({ maxPackageBytes });
        const edges = [
          0,
          ...cuts.map((cut) => Math.min(cut, bytes.length)).sort((a, b) => a - b),
          bytes.length,
        ];
        const stream = outcome(() => {
          for (let i = 1; i < edges.length; i++) {
            splitter.push(bytes.subarray(edges[i - 1], edges[i]), into(pieces));
            expect(splitter.bufferedBytes).toBeLessThan(maxPackageBytes + 4);
          }
        });
        expect(pieces).toEqual(whole);
        // What a frame calls truncated is, for a stream, not over yet.
        if (frame instanceof ProtocolError && frame.code !== 'PACKAGE_TRUNCATED') {
          expect(stream).toMatchObject({ code: frame.code });
        } else {
          expect(stream).toBeUndefined();
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('as a message, whose parts then lie inside it', () => {
    const view = new MessageView();
    fc.assert(
      fc.property(anyBytes, fc.nat(3), (bytes, start) => {
        const result = outcome(() => readMessage(bytes, start, bytes.length, view));
        if (result instanceof ProtocolError) return;
        expect(view.id).toBeLessThan(2 ** 31);
        expect(view.id).toBeGreaterThanOrEqual(0);
        expect(view.bodyStart).toBeGreaterThan(start);
        expect(view.bodyStart).toBeLessThanOrEqual(view.bodyEnd);
        expect(view.bodyEnd).toBe(bytes.length);
      }),
      { numRuns: 5000 },
    );
  });

  it('as a protobuf or JSON body, and what was read can be written again', () => {
    fc.assert(
      fc.property(anyBytes, fc.constantFrom(...routes, 'json'), (bytes, route) => {
        const value = outcome(() => decodeBody(codec, route, bytes, 0, bytes.length));
        if (value instanceof ProtocolError || route === 'json') return;
        const again = outcome(() => codec.encode(route, value));
        if (again instanceof ProtocolError) expect(again.code).toBe('PROTOBUF_REQUIRED');
        else {
          // Empty lists are read where a peer wrote them, but not written: bytes settle after one round.
          const settled = codec.encode(route, codec.decode(route, again, 0, again.length));
          expect(Buffer.compare(settled, again)).toBe(0);
        }
      }),
      { numRuns: 8000 },
    );
  });

  it('with work and memory in proportion to the bytes', () => {
    const size = 1 << 17;
    const worst = [
      new Uint8Array(size).fill(0x80),
      new Uint8Array(size).fill(0xff),
      // Empty elements of a repeated message, counts one beyond what can be there, and lists in lists.
      Uint8Array.from({ length: size }, (_, i) => [0x12, 0x00][i % 2] ?? 0),
      Uint8Array.from({ length: size }, (_, i) => [0x20, 0x00][i % 2] ?? 0),
      Uint8Array.from({ length: size }, (_, i) => [0x12, 0xfd, 0xff, 0x3f][i % 4] ?? 0),
    ];
    for (const [n, bytes] of worst.entries()) {
      const readers: Record<string, (from: Uint8Array) => unknown> = {
        packages: (from) => splitPackages(from, maxPackageBytes, { onPackage: () => undefined }),
      };
      for (const route of routes) readers[route] = (from) => decodeBody(codec, route, from, 0, size);
      for (const [name, read] of Object.entries(readers)) {
        const counted = countingReads(bytes);
        const value = outcome(() => read(counted.bytes));
        // A byte or two of look-ahead for each are allowed, another pass for each element is not.
        expect([n, name, counted.reads() <= 3 * size, nodesOf(value) <= size]).toEqual([n, name, true, true]);
      }
      // Native code reads these: a text as a whole, and of a message its head alone.
      outcome(() => decodeBody(codec, 'json', bytes, 0, size));
      outcome(() => readMessage(bytes, 0, size, new MessageView()));
    }
  });
});

/** The same bytes, counting how many are looked at: one by one, or as a part. */
function countingReads(bytes: Uint8Array): { bytes: Uint8Array; reads(): number } {
  let reads = 0;
  const proxy = new Proxy(bytes, {
    get(target, key) {
      if (typeof key === 'string' && key >= '0' && key < ':') reads++;
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return (...args: number[]) => {
        reads += target.length;
        return value.apply(target, args);
      };
    },
  });
  return { bytes: proxy, reads: () => reads };
}

/** How many objects and lists a value is made of. */
function nodesOf(value: unknown): number {
  let count = 0;
  for (const left = [value]; left.length > 0; ) {
    const one = left.pop();
    if (typeof one !== 'object' || one === null || one instanceof ProtocolError) continue;
    count++;
    left.push(...(one instanceof Map ? one.values() : Object.values(one)));
  }
  return count;
}

const anyText = fc.string({ unit: 'grapheme', maxLength: 40 });
const anyId = fc.oneof(fc.nat(300), fc.nat(0x7fffffff));

describe('what is written is read back', () => {
  it('for messages', () => {
    const view = new MessageView();
    const anyRoute = fc.oneof(anyText, fc.integer({ min: 1, max: 65535 }));
    const types = fc.constantFrom<MessageType>(...Object.values(messageType));
    fc.assert(
      fc.property(types, anyId, anyRoute, fc.uint8Array({ maxLength: 40 }), (type, id, route, body) => {
        const bytes = encodeMessage(type, id, route, body);
        readMessage(bytes, 0, bytes.length, view);
        const hasId = type === messageType.request || type === messageType.response;
        const hasRoute = type !== messageType.response;
        expect(view).toMatchObject({
          type,
          id: hasId ? id : 0,
          route: hasRoute && typeof route === 'string' ? route : '',
          routeCode: hasRoute && typeof route === 'number' ? route : 0,
          bodyStart: messageHeadBytes(type, id, route),
        });
        expect([...bytes.subarray(view.bodyStart, view.bodyEnd)]).toEqual([...body]);
      }),
      { numRuns: 2000 },
    );
  });

  it('for protobuf', () => {
    const path = fc.record({ x: fc.double(), y: fc.double() });
    const number = fc.oneof(fc.nat(300), fc.maxSafeNat());
    const signed = fc.oneof(fc.integer(), fc.maxSafeInteger());
    // No empty lists: absent and empty look alike on the wire.
    const value = fc.record(
      {
        a: number,
        b: signed,
        c: signed,
        d: fc.float(),
        e: fc.double(),
        f: anyText,
        g: fc.array(number, { minLength: 1 }),
        h: fc.array(anyText, { minLength: 1 }),
        i: fc.array(path, { minLength: 1, maxLength: 20 }),
        j: path,
        k: fc.array(fc.float(), { minLength: 1 }),
        big: number,
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(value, (value) => {
        const bytes = codec.encode('t', value);
        expect(codec.decode('t', bytes, 0, bytes.length)).toEqual(value);
      }),
      { numRuns: 1000 },
    );
  });
});
