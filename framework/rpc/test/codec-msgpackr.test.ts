import { describe, expect, it } from 'vitest';
import { msgpackrCodec } from '../src/codec-msgpackr.js';
import { codecContract } from '../src/testing/codec-contract.js';

describe('msgpackrCodec', () => {
  const codec = msgpackrCodec();
  for (const { title, run } of codecContract(codec)) it(title, run);

  it('carries a BigInt and a Date', () => {
    const value = { big: 2n ** 62n, at: new Date(1_700_000_000_000) };
    const bytes = Buffer.from(codec.encode(value));
    expect(codec.decode(bytes, 0, bytes.length)).toEqual(value);
  });
});
