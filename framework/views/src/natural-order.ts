/** What the order is: words as in a dictionary, and numbers in them by their value. */
const collator = new Intl.Collator('en', { numeric: true });

/** Characters that {@link naturalOrder} compares by itself: those that are printed of ASCII. */
const [first, last] = [0x20, 0x7e];
const [zero, nine] = [0x30, 0x39];

/** The place of each of these characters: capitals have that of their small letters. */
const places = placesOf(new Intl.Collator('en', { sensitivity: 'base' }));

function placesOf({ compare }: Intl.Collator): Uint8Array {
  const characters = Array.from({ length: last - first + 1 }, (_, n) => String.fromCharCode(first + n));
  const found = new Uint8Array(last + 1);
  let place = 0;
  let before = '';
  for (const one of characters.sort(compare)) {
    if (compare(before, one) !== 0) place++;
    found[one.charCodeAt(0)] = place;
    before = one;
  }
  return found;
}

const isDigit = (code: number): boolean => code >= zero && code <= nine;

/** Whether what stands there is no character that is compared here: it may have to do with what is before it. */
const isForeign = (text: string, at: number): boolean =>
  at < text.length && (text.charCodeAt(at) < first || text.charCodeAt(at) > last);

/**
 * Compares names so that `chat-2` comes before `chat-10`: as `Intl.Collator` does with `numeric`, which takes three times as long for ids. Below
 * 0 when `a` comes first.
 */
export function naturalOrder(a: string, b: string): number {
  let [i, j, byCase] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    if (isForeign(a, i) || isForeign(b, j)) return collator.compare(a, b);
    const [c, d] = [a.charCodeAt(i), b.charCodeAt(j)];
    if (isDigit(c) && isDigit(d)) {
      const [endA, endB] = [endOfDigits(a, i), endOfDigits(b, j)];
      if (isForeign(a, endA) || isForeign(b, endB)) return collator.compare(a, b);
      const higher = compareDigits(a.slice(i, endA), b.slice(j, endB));
      if (higher !== 0) return higher;
      [i, j] = [endA, endB];
      continue;
    }
    const later = places[c]! - places[d]!;
    if (later !== 0) return later;
    byCase ||= d - c; // small letters first, where nothing else differs
    i++;
    j++;
  }
  if (isForeign(a, i) || isForeign(b, j)) return collator.compare(a, b);
  return a.length - i - (b.length - j) || byCase;
}

function endOfDigits(text: string, from: number): number {
  let at = from;
  while (at < text.length && isDigit(text.charCodeAt(at))) at++;
  return at;
}

/** Numbers of any length: of those without zeros before them, the longer one is higher. */
function compareDigits(a: string, b: string): number {
  const [x, y] = [withoutZeros(a), withoutZeros(b)];
  if (x.length !== y.length) return x.length - y.length;
  return x < y ? -1 : x > y ? 1 : 0;
}

const withoutZeros = (digits: string): string =>
  digits.startsWith('0') ? digits.replace(/^0+/, '') : digits;
