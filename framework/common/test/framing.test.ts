import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameSplitter, frame } from '../src/framing.js';

function split(splitter: FrameSplitter, chunks: readonly Buffer[]): string[] {
  const frames: string[] = [];
  for (const chunk of chunks)
    splitter.push(chunk, (bytes, start, end) => frames.push(bytes.toString('hex', start, end)));
  return frames;
}

describe('FrameSplitter', () => {
  it('finds the same frames however the stream is cut', () => {
    const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 });
    fc.assert(
      fc.property(bodies, fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 30 }), (list, cuts) => {
        const stream = Buffer.concat(list.map((body) => frame(body)));
        const chunks: Buffer[] = [];
        let at = 0;
        for (const cut of [...cuts, stream.length]) {
          chunks.push(stream.subarray(at, at + cut));
          at += cut;
        }
        const splitter = new FrameSplitter({ maxFrameBytes: 64, peer: 'a test' });
        expect(split(splitter, chunks)).toEqual(list.map((body) => Buffer.from(body).toString('hex')));
      }),
    );
  });

  it('hands on a frame that lies whole in one chunk without copying it', () => {
    const chunk = frame(Buffer.from('whole'));
    new FrameSplitter({ maxFrameBytes: 64, peer: 'a test' }).push(chunk, (bytes) =>
      expect(bytes).toBe(chunk),
    );
  });

  it('refuses an oversized frame as soon as its length is there', () => {
    const splitter = new FrameSplitter({ maxFrameBytes: 64, peer: 'chat-1' });
    expect(() => splitter.push(Buffer.from([0xff, 0xff, 0xff, 0xff]), () => {})).toThrow(
      'A frame of 4294967295 bytes came from chat-1; at most 64 are accepted.',
    );
  });

  it('accepts longer frames once the limit was raised', () => {
    const splitter = new FrameSplitter({ maxFrameBytes: 4, peer: 'chat-1' });
    splitter.maxFrameBytes = 100;
    expect(split(splitter, [frame(Buffer.alloc(100))])).toHaveLength(1);
  });
});
