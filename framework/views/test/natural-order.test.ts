import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { naturalOrder } from '../src/natural-order.js';

const collator = new Intl.Collator('en', { numeric: true });

/** Names as they are, and texts that only somebody hostile gives. */
const name = fc.oneof(
  fc
    .tuple(fc.constantFrom('chat', 'Chat', 'connector', 'gate-server'), fc.nat(120))
    .map(([a, n]) => `${a}-${n}`),
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'grapheme', maxLength: 5 }),
  fc.string({ unit: fc.constantFrom(...'aAbB019 -_.:/e\u0301\u0661\u0000\u200d例'), maxLength: 7 }),
);

describe('the order of names', () => {
  it('has numbers in them by their value', () => {
    const sorted = ['chat-10', 'chat-2', 'Chat-2', 'chat-02b', 'arena', '例-2', 'chat_1'].sort(naturalOrder);
    expect(sorted).toEqual(['arena', 'chat_1', 'chat-2', 'Chat-2', 'chat-02b', 'chat-10', '例-2']);
  });

  it('is that of a collator for all texts', () => {
    const signOf = Math.sign;
    fc.assert(
      fc.property(name, name, (a, b) => signOf(naturalOrder(a, b)) === signOf(collator.compare(a, b))),
      { numRuns: 20_000 },
    );
  });
});
