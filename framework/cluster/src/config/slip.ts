/**
 * The known key that `key` is one slip of the hand away from: other case or dashes, one letter too many or too few,
 * two letters swapped, or (from five letters on) one letter replaced. Short keys such as `ip` are left alone,
 * because entries of servers.json may have fields of their own.
 */
export function slipOf(key: string, known: readonly string[]): string | undefined {
  return known.includes(key) || key.length < 4
    ? undefined
    : known.find((candidate) => isSlip(plain(key), plain(candidate)));
}

const plain = (key: string) => key.replace(/[-_]/g, '').toLowerCase();

function isSlip(a: string, b: string): boolean {
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const middleA = a.slice(start, a.length - end);
  const middleB = b.slice(start, b.length - end);
  if (middleA.length + middleB.length <= 1) return true;
  if (middleA.length === 1 && middleB.length === 1) return a.length >= 5;
  return middleA.length === 2 && middleB.length === 2 && middleA === middleB[1]! + middleB[0]!;
}
