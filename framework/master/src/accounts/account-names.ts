/** What names have beside letters. */
const others = '0-9._@+\\-';
/** Scripts in everyday use (UAX 31, table 5) whose letters may stand alone in a name. */
const alone = [
  ...['Latin', 'Greek', 'Cyrillic', 'Armenian', 'Hebrew', 'Arabic', 'Thaana', 'Devanagari', 'Bengali'],
  ...['Gurmukhi', 'Gujarati', 'Oriya', 'Tamil', 'Telugu', 'Kannada', 'Malayalam', 'Sinhala', 'Thai', 'Lao'],
  ...['Tibetan', 'Myanmar', 'Georgian', 'Hangul', 'Ethiopic', 'Khmer', 'Han', 'Hiragana', 'Katakana'],
  'Bopomofo',
].map((script) => [script]);
/** Scripts that are written together, as Chinese, Japanese and Korean are (UTS 39, highly restrictive). */
const together = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];
const writings = [...alone, ...together].map((scripts) => {
  const letters = scripts.map((script) => `\\p{Script_Extensions=${script}}`).join('');
  return new RegExp(`^[[[${letters}]&&\\p{L}]${others}]*$`, 'v');
});
const allowed = new RegExp(`^[\\p{L}${others}]*$`, 'u');
const invisible = /\p{Default_Ignorable_Code_Point}/u;
/** Longest name, in characters. */
const longest = 64;

/**
 * What a new name would have to be, where it is another: a name stands in logs, tables and questions, where people must be able to tell it
 * from any other one. Undefined for one that is fine.
 */
export function nameExpected(name: string): string | undefined {
  if (name === '' || [...name].length > longest || !allowed.test(name) || invisible.test(name))
    return `1 to ${longest} letters, digits 0 to 9, or . _ @ + -, all of which can be seen`;
  const usual = name.normalize('NFKC');
  if (usual !== name) return `the usual form of its characters, ${JSON.stringify(usual)}`;
  return writings.some((writing) => writing.test(name))
    ? undefined
    : 'letters of one script that is in use, such as Latin or Cyrillic alone; Latin may stand with Chinese, Japanese or Korean';
}

/** Letters that look like Latin ones, by those: in pairs, the stranger first. */
const lookAlike = new Map(
  [
    ...['аa', 'еe', 'оo', 'рp', 'сc', 'уy', 'хx', 'іi', 'јj', 'ѕs', 'ԁd', 'һh', 'ԛq', 'ԝw', 'ɡg', 'ӏl', 'ѵv'],
    ...['АA', 'ВB', 'ЕE', 'КK', 'МM', 'НH', 'ОO', 'РP', 'СC', 'ТT', 'УY', 'ХX', 'ІI', 'ЈJ', 'ЅS', 'ԌG', 'ԜW'],
    ...['αa', 'οo', 'νv', 'ρp', 'ιi', 'κk', 'υu', 'χx', 'γy', 'ϳj', 'ΑA', 'ΒB', 'ΕE', 'ΖZ', 'ΗH', 'ΙI', 'ΚK'],
    ...['ΜM', 'ΝN', 'ΟO', 'ΡP', 'ΤT', 'ΥY', 'ΧX', 'օo', 'սu', 'հh', 'ոn', 'ցg', 'զq', 'ѡw', 'кk', 'тt', 'мm'],
    ...['ɑa', 'ıi', 'ɩi', 'ǀl', '0o', '1l', 'Il'],
  ].map((pair) => [...pair] as [string, string]),
);

/** Case apart, and the forms of one character: `ß` is `ss`. */
const folded = (name: string): string => name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC');

/** What a name looks like at a glance. */
const glance = (name: string): string =>
  folded([...name.normalize('NFKC')].map((one) => lookAlike.get(one) ?? one).join('')).replaceAll('rn', 'm');

/** The one of `all` whose name means the same: in another case, or in another form of its characters. */
export function sameName<T extends { readonly name: string }>(
  all: readonly T[],
  name: string,
): T | undefined {
  const key = folded(name);
  const same = all.filter((one) => folded(one.name) === key); // of all, so that the time tells nothing of which there are
  // where some were alike before there was this rule, the exact name counts
  return same.find((one) => one.name === name) ?? (same.length === 1 ? same[0] : undefined);
}

/** One of `all` that somebody could take `name` for. */
export function alikeName<T extends { readonly name: string }>(
  all: readonly T[],
  name: string,
): T | undefined {
  const [key, look] = [folded(name), glance(name)];
  return all.find((one) => folded(one.name) === key || glance(one.name) === look);
}
