import { encodeMessage, encodePackage, messageType, packageType } from '@pomelo-ts/protocol';
import { describe, expect, it } from 'vitest';
import { pushFrame } from '../../src/acceptor/message-frames.js';
import { packagesOf } from '../../src/acceptor/package-frame.js';
import { memoryPush } from '../../src/testing/memory-link.js';
import { Push, type WireFormat, WireFormats } from '../../src/wire/push.js';

const body = Buffer.from('....{"text":"é"}..');
const push = (): Push => new Push('onChat', undefined, body, 4, body.length - 2);
const asPackage = encodePackage(
  packageType.data,
  encodeMessage(messageType.push, 0, 'onChat', body.subarray(4, -2)),
);

describe('a push', () => {
  it('is encoded once for each format, however many clients there are of each', () => {
    const formats = new WireFormats();
    const encoded = { packages: 0, memory: 0, text: 0 };
    const counted = <Frame>(name: keyof typeof encoded, encode: (push: Push) => Frame): WireFormat<Frame> =>
      formats.add(name, (one) => {
        encoded[name]++;
        return encode(one);
      });
    const all = [
      counted('packages', pushFrame),
      counted('memory', memoryPush),
      counted('text', ({ route, body }) => `${route} ${body}`),
    ] as const;
    expect(all.map(({ number }) => number)).toEqual([0, 1, 2]);
    const one = push();
    const frames = Array.from({ length: 300 }, (_, n) => one.frameIn<unknown>(all[n % 3]!));
    expect(encoded).toEqual({ packages: 1, memory: 1, text: 1 });
    expect(new Set(frames).size).toBe(3);
    expect(frames[2]).toBe('onChat {"text":"é"}');
    push().frameIn(all[2]);
    expect(encoded).toEqual({ packages: 1, memory: 1, text: 2 });
  });

  it('has one format for acceptors that speak the same', () => {
    const formats = new WireFormats();
    expect(formats.add('packages', pushFrame)).toBe(formats.add('packages', pushFrame));
  });

  it('is the same package to clients of every transport that carries packages', () => {
    expect(Buffer.from(memoryPush(push()))).toEqual(Buffer.from(asPackage));
    expect(packagesOf(pushFrame(push()))).toEqual(Buffer.from(asPackage));
  });

  it('has the code of its route where there is one', () => {
    const short = new Push('onChat', 7, body, 4, body.length - 2);
    const message = encodeMessage(messageType.push, 0, 7, body.subarray(4, -2));
    expect(Buffer.from(memoryPush(short))).toEqual(Buffer.from(encodePackage(packageType.data, message)));
  });
});
