import { packageType } from '@pomelo-ts/protocol';
import { describe, expect, it } from 'vitest';
import { mergeFrames, packageFrame, packagesOf, splitFrames } from '../../src/acceptor/package-frame.js';

/** One for each form of a WebSocket frame's head. */
const bodies = [0, 5, 121, 122, 65_531, 65_532, 70_000].map((length) => Buffer.alloc(length, length));
const frames = bodies.map((body) => packageFrame(packageType.data, body));
const packages = bodies.map((body) =>
  Buffer.concat([Buffer.from([packageType.data, body.length >> 16, body.length >> 8, body.length]), body]),
);

describe('frames of one tick', () => {
  it('keep a WebSocket frame each, for stock clients that read one package of a frame', () => {
    const joined = mergeFrames(frames);
    expect(joined.length).toBe(frames.reduce((sum, frame) => sum + frame.length, 0));
    const split = splitFrames(joined);
    expect(split.length).toBe(packages.length);
    expect(Buffer.concat(split).equals(Buffer.concat(packages))).toBe(true);
    expect(split.map(({ length }) => length)).toEqual(packages.map(({ length }) => length));
  });

  it('are bare packages for TCP, whether one or several', () => {
    expect(packagesOf(mergeFrames(frames)).equals(Buffer.concat(packages))).toBe(true);
    frames.forEach((frame, index) => {
      expect(packagesOf(frame).equals(packages[index]!)).toBe(true);
    });
  });
});
