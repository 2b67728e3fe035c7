import { frame } from '@pomelo-ts/common/internal';
import { packageType } from '@pomelo-ts/protocol';
import { describe, expect, it } from 'vitest';
import { mergeFrames, packageFrame } from '../../src/acceptor/package-frame.js';
import { encodePush } from '../../src/channel/push-frame.js';
import { forwardHeadBytes, writeForwardHead } from '../../src/forward/forward-frame.js';

const body = Buffer.from('{"m":"\\ud83d\\ude02 é中"}');

function forwardHead(): Buffer {
  const head = {
    id: '0a1b2c3d4e5f6-7',
    number: 7,
    moves: 1,
    version: 3,
    snapshot: Buffer.from('snapshot é'),
    notify: false,
    route: Buffer.from('chat.é😂'),
  };
  const bytes = Buffer.allocUnsafe(forwardHeadBytes(head));
  expect(writeForwardHead(bytes, 0, head)).toBe(bytes.length);
  return bytes;
}

/** One of each frame that is written into memory that had other uses. */
const frames: Readonly<Record<string, () => Uint8Array>> = {
  'a push': () => encodePush('onÉ😂', body, [1, 'é中', 'whole 😂']).bytes,
  'a push to everybody': () => encodePush('onChat', body).bytes,
  'a package to a client': () => packageFrame(packageType.data, body),
  'packages of one tick': () => mergeFrames([packageFrame(packageType.heartbeat), packageFrame(4, body)]),
  'a forwarded request': forwardHead,
  'a frame of a link': () => frame(body),
};

function soil(byte: number): void {
  for (let i = 0; i < 400; i++) Buffer.allocUnsafe((i * 7) % 500).fill(byte);
}

describe.each(Object.entries(frames))('the bytes of %s', (_what, encode) => {
  it('stay what they are when other things are written', () => {
    const kept = Array.from({ length: 50 }, encode);
    const copies = kept.map((bytes) => [...bytes]);
    soil(0xee);
    for (const other of Object.values(frames)) other();
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
