import type { CpuProfile } from '@pomelo-ts/views';
import { describe, expect, it } from 'vitest';
import { besides, foundIn, layOut, visibleIn } from '../src/flame/layout.js';

const frame = (functionName: string, url = 'file:///game/app/chat.js', lineNumber = 4) => ({
  functionName,
  url,
  lineNumber,
});

/** 10 ms: 4 idle, 3 in slow by handle, 2 in slow by tick, 1 in handle itself. */
const profile: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)', '', -1), children: [2, 3, 5] },
    { id: 2, callFrame: frame('(idle)', '', -1) },
    { id: 3, callFrame: frame('handle'), children: [4] },
    { id: 4, callFrame: frame('slow') },
    { id: 5, callFrame: frame('tick', 'node:timers', 9), children: [6, 7] },
    { id: 6, callFrame: frame('slow') },
    { id: 7, callFrame: frame('slow') },
  ],
  samples: [2, 4, 6, 7, 3],
  timeDeltas: [4000, 3000, 1000, 1000, 1000],
};

describe('a flame graph', () => {
  const flame = layOut(profile);
  const named = (name: string) => flame.frames.filter((one) => one.name === name);

  it('has the time of each function with what it calls, as a share of the busy time', () => {
    expect(flame.ms).toBe(10);
    expect(flame.busy).toBeCloseTo(0.6);
    expect(named('handle')[0]).toMatchObject({ width: 4 / 6, own: 1 / 6, x: 0, depth: 1, owner: 'game' });
    expect(named('tick')[0]).toMatchObject({ x: 4 / 6, own: 0, owner: 'node' });
    expect(named('(idle)')).toEqual([]);
  });

  it('puts the same function called by the same into one frame, and those of other callers apart', () => {
    expect(named('slow').map(({ parent, width }) => [parent!.name, Math.round(width * 6)])).toEqual([
      ['handle', 3],
      ['tick', 2],
    ]);
  });

  it('has no frame outside of its caller, or over another', () => {
    for (const { children, x, width } of flame.frames) {
      let at = x;
      for (const child of children) {
        expect(child.x).toBeGreaterThanOrEqual(at - 1e-9);
        at = child.x + child.width;
      }
      expect(at).toBeLessThanOrEqual(x + width + 1e-9);
    }
  });

  it('shows of an opened frame what it calls and what it is called by, and nothing beside', () => {
    const seen = visibleIn(flame, named('tick')[0]!, 0);
    expect(seen.map(({ name }) => name)).toEqual(['', 'tick', 'slow']);
  });

  it('finds functions by a part of their name or place, and counts no time twice', () => {
    expect(foundIn(flame, 'SLOW').share).toBeCloseTo(5 / 6);
    expect(foundIn(flame, 'chat.js').share).toBeCloseTo(1);
    expect(foundIn(flame, ' ').found.size).toBe(0);
  });

  it('is walked by arrow keys', () => {
    const handle = besides(flame.root, 'ArrowDown');
    expect(handle.name).toBe('handle');
    expect(besides(handle, 'ArrowRight').name).toBe('tick');
    expect(besides(besides(handle, 'ArrowRight'), 'ArrowLeft')).toBe(handle);
    expect(besides(handle, 'ArrowUp')).toBe(flame.root);
    expect(besides(flame.root, 'ArrowUp')).toBe(flame.root);
  });

  it('is laid out when a function calls itself 50,000 times, and when nothing was seen', () => {
    const depth = 50_000;
    const deep: CpuProfile = {
      nodes: Array.from({ length: depth }, (_, n) => ({
        id: n,
        callFrame: frame('again'),
        ...(n + 1 < depth && { children: [n + 1] }),
      })),
      samples: [depth - 1],
      timeDeltas: [1000],
    };
    expect(layOut(deep).depth).toBe(depth);
    expect(layOut({ nodes: [], samples: [], timeDeltas: [] })).toMatchObject({ depth: 0, busy: 0 });
  });
});
