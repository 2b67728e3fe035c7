import { describe, expect, it } from 'vitest';
import { newNonce, prove, sameProof } from '../src/proof.js';

describe('prove', () => {
  it('differs by secret, by side, and by where one part ends', () => {
    const proofs = [
      prove(Buffer.from('s'), 'dialer', ['ab', 'c']),
      prove(Buffer.from('t'), 'dialer', ['ab', 'c']),
      prove(Buffer.from('s'), 'listener', ['ab', 'c']),
      prove(Buffer.from('s'), 'dialer', ['a', 'bc']),
    ];
    expect(new Set(proofs).size).toBe(4);
    expect(sameProof(proofs[0]!, prove(Buffer.from('s'), 'dialer', ['ab', 'c']))).toBe(true);
  });

  it('is compared without throwing on whatever came', () => {
    const proof = prove(Buffer.from('s'), 'dialer', []);
    for (const got of [undefined, null, 7, '', 'x', {}, '\u{1f600}'.repeat(32), 'é'.repeat(64)]) {
      expect(sameProof(proof, got)).toBe(false);
    }
  });

  it('never meets the same nonce twice', () => {
    expect(new Set(Array.from({ length: 1000 }, newNonce)).size).toBe(1000);
  });
});
