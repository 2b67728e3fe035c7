import { createRequire } from 'node:module';
import {
  encodeMessage,
  encodePackage,
  type MessageType,
  MessageView,
  messageType,
  ProtobufCodec,
  parseProtos,
  readMessage,
  splitPackages,
} from '@pomelo-ts/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sampleProtos } from '../../framework/protocol/test/protobuf/vectors.js';

/** The codecs that pomelo's servers and Node clients run, as published. */
interface PomeloProtocol {
  Package: {
    encode(type: number, body?: Buffer): Buffer;
    decode(bytes: Buffer): { type: number; body: Buffer | null } | { type: number; body: Buffer | null }[];
  };
  Message: {
    encode(id: number, type: number, compressed: number, route: string | number, body: Buffer): Buffer;
    decode(bytes: Buffer): {
      id: number;
      type: number;
      compressRoute: number;
      route: string | number | null;
      body: Buffer;
    };
  };
}
interface PomeloProtobuf {
  parse(json: unknown): unknown;
  init(options: { encoderProtos: unknown; decoderProtos: unknown }): void;
  encode(route: string, value: unknown): Buffer | null;
  decode(route: string, bytes: Buffer): unknown;
}
const require = createRequire(import.meta.url);
const protocol = require('pomelo-protocol') as PomeloProtocol;
const protobuf = require('pomelo-protobuf') as PomeloProtobuf;

const codec = new ProtobufCodec(parseProtos(sampleProtos));
protobuf.init({ encoderProtos: codec.toJSON(), decoderProtos: codec.toJSON() });

const anyText = fc.string({ unit: 'grapheme', maxLength: 30 });
const anyBody = fc.uint8Array({ maxLength: 60 });
const anyId = fc.oneof(fc.nat(300), fc.nat(0x7fffffff));
const anyRoute = fc.oneof(anyText, fc.integer({ min: 1, max: 65535 }));
const types = fc.constantFrom<MessageType>(...Object.values(messageType));

describe('pomelo-protocol', () => {
  it('writes the same packages and reads ours', () => {
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 3, 4, 5), anyBody, (type, body) => {
        const ours = Buffer.from(encodePackage(type as 1, body));
        expect(ours.equals(protocol.Package.encode(type, Buffer.from(body)))).toBe(true);
        const read = protocol.Package.decode(ours);
        expect(read).toMatchObject({ type });
        splitPackages(protocol.Package.encode(type, Buffer.from(body)), 100, {
          onPackage(typeOfTheirs, bytes, start, end) {
            expect(typeOfTheirs).toBe(type);
            expect([...bytes.subarray(start, end)]).toEqual([...body]);
          },
        });
      }),
      { numRuns: 500 },
    );
  });

  it('writes the same messages and reads ours', () => {
    const view = new MessageView();
    fc.assert(
      fc.property(types, anyId, anyRoute, anyBody, (type, id, route, body) => {
        const compressed = typeof route === 'number' && type !== messageType.response ? 1 : 0;
        const theirs = protocol.Message.encode(id, type, compressed, route, Buffer.from(body));
        const ours = Buffer.from(encodeMessage(type, id, route, body));
        expect(ours.toString('hex')).toBe(theirs.toString('hex'));
        readMessage(theirs, 0, theirs.length, view);
        const read = protocol.Message.decode(ours);
        expect(read).toMatchObject({ id: view.id, type: view.type });
        if (type !== messageType.response) expect(read.route).toBe(compressed ? view.routeCode : view.route);
        expect([...read.body]).toEqual([...theirs.subarray(view.bodyStart, view.bodyEnd)]);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('pomelo-protobuf', () => {
  // Its encoder reserves twice the length of the JSON text, which short doubles and floats overrun: a long text makes room.
  const room = '.'.repeat(2000);
  const path = fc.record({
    x: fc.double({ noNaN: true, noDefaultInfinity: true }),
    y: fc.constant(0.123456789012345),
  });
  // It rounds zigzag numbers beyond 2^52.
  const signed = fc.oneof(fc.integer(), fc.integer({ min: -(2 ** 52), max: 2 ** 52 }));
  const value = fc.record(
    {
      f: fc.constant(room),
      a: fc.oneof(fc.nat(300), fc.maxSafeNat()),
      b: signed,
      c: signed,
      d: fc.float({ noNaN: true, noDefaultInfinity: true }),
      e: fc.double({ noNaN: true, noDefaultInfinity: true }),
      g: fc.array(fc.nat()),
      h: fc.array(anyText),
      i: fc.array(fc.record({ x: fc.constant(-0.123456789012345), y: fc.constant(0.123456789012345) }), {
        maxLength: 5,
      }),
      j: path,
      k: fc.array(fc.float({ noNaN: true, noDefaultInfinity: true })),
      big: fc.nat(),
    },
    { requiredKeys: ['f'] },
  );

  it('writes the same bytes and reads the same values', () => {
    fc.assert(
      fc.property(value, (value) => {
        const theirs = protobuf.encode('t', value);
        if (theirs === null) throw new Error('pomelo refused a value that follows the protos');
        const ours = codec.encode('t', value);
        expect(Buffer.from(ours).toString('hex')).toBe(theirs.toString('hex'));
        expect(codec.decode('t', theirs, 0, theirs.length)).toEqual(protobuf.decode('t', Buffer.from(ours)));
      }),
      { numRuns: 500 },
    );
  });

  it('parses protos to the same text', () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/);
    const scalar = fc.constantFrom('uInt32', 'int32', 'sInt32', 'float', 'double', 'string');
    const option = fc.constantFrom('required', 'optional', 'repeated');
    const message = fc
      .uniqueArray(fc.record({ name, scalar, option }), { selector: (field) => field.name, maxLength: 8 })
      .map((fields) =>
        Object.fromEntries(
          fields.map((field, i) => [`${field.option} ${field.scalar} ${field.name}`, i + 1]),
        ),
      );
    const protos = fc.dictionary(
      fc.oneof(
        name,
        name.map((text) => `message ${text}`),
      ),
      message,
      { maxKeys: 6 },
    );
    fc.assert(
      fc.property(protos, (json) => {
        expect(JSON.stringify(parseProtos(json))).toBe(JSON.stringify(protobuf.parse(json)));
      }),
      { numRuns: 500 },
    );
  });
});
