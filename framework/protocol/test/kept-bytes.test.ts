import { describe, expect, it } from 'vitest';
import { encodeBody } from '../src/body-codec.js';
import { encodeMessage, encodeRoute, messageType } from '../src/message.js';
import { encodePackage, packageType } from '../src/package.js';
import { ProtobufCodec } from '../src/protobuf/codec.js';
import { parseProtos } from '../src/protobuf/schema.js';

const codec = new ProtobufCodec(
  parseProtos({
    onMove: {
      'optional string name': 1,
      'optional double at': 2,
      'optional float by': 3,
      'repeated sInt32 path': 4,
      'repeated Item items': 5,
      'message Item': { 'optional string name': 1 },
    },
  }),
);

const move = {
  name: 'é中😂'.repeat(30),
  at: 0.1,
  by: 1.5,
  path: new Int16Array([1, -300, 7]),
  items: [{ name: 'lone \ud83d half' }, { name: 'x'.repeat(200) }],
};

/** One of each that is written into memory that had other uses. */
const encoded: Readonly<Record<string, () => Uint8Array>> = {
  'a JSON body': () => encodeBody(undefined, 'r', { m: 'é😂', lone: '\ud83d' }),
  'a protobuf body': () => encodeBody(codec, 'onMove', move),
  'an empty protobuf body': () => encodeBody(codec, 'onMove', {}),
  'a route': () => encodeRoute('chat.é😂'),
  'a message': () => encodeMessage(messageType.push, 0, 'onÉ😂', new Uint8Array([1, 2])),
  'a request': () => encodeMessage(messageType.request, 300, 'lone \ud83d half', new Uint8Array([1, 2])),
  'a package': () => encodePackage(packageType.data, new Uint8Array([1, 2, 3])),
};

/** Other bytes in the memory that is given out next. */
function soil(byte: number): void {
  for (let i = 0; i < 400; i++) Buffer.allocUnsafe((i * 7) % 500).fill(byte);
  codec.encode('onMove', { name: String.fromCharCode(byte).repeat(5000) });
}

describe.each(Object.entries(encoded))('the bytes of %s', (_what, encode) => {
  it('stay what they are when other things are written', () => {
    const kept = Array.from({ length: 50 }, encode);
    const copies = kept.map((bytes) => [...bytes]);
    soil(0xee);
    for (const other of Object.values(encoded)) other();
    expect(kept.map((bytes) => [...bytes])).toEqual(copies);
  });

  it('are all of the value: none is left of what the memory held before', () => {
    const first = [...encode()];
    for (const byte of [0x00, 0xee, 0xff]) {
      soil(byte);
      expect([...encode()]).toEqual(first);
    }
  });
});
