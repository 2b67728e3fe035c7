/** Numbers from 0 up to 1. */
export type Random = () => number;

/**
 * Random numbers that are the same for the same seeds (xoshiro128**, see https://prng.di.unimi.it): each robot has its own from
 * the run's seed and its index, so that it does the same however many workers there are.
 */
export function seededRandom(...seeds: readonly number[]): Random {
  let [a, b, c, d] = scatter(seeds);
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const kept = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= kept;
    d = rotate(d, 11);
    return result / 2 ** 32;
  };
}

/** Four words that have nothing in common for seeds that are neighbours. */
function scatter(seeds: readonly number[]): [number, number, number, number] {
  let state = 0x9e37_79b9;
  const next = (): number => {
    state = (state + 0x9e37_79b9) | 0;
    let word = Math.imul(state ^ (state >>> 16), 0x85eb_ca6b);
    word = Math.imul(word ^ (word >>> 13), 0xc2b2_ae35);
    return word ^ (word >>> 16);
  };
  for (const seed of seeds) state = Math.imul(next() ^ seed, 0x27d4_eb2f) ^ Math.floor(seed / 2 ** 32);
  // All four zero would stay zero for ever.
  return [next(), next(), next(), next() | 1];
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));
