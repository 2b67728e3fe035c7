/** What is in names of values that nobody may read who reads what was asked for. */
const words = 'pass|pwd|secret|token|credential|private|authorization|cookie|api[-_]?key';
const secret = new RegExp(words, 'i');
/** Such a name in code or in JSON that is a text, and the quoted text that it gets. Each part is bounded, as the text may be hostile. */
const secretInText = new RegExp(
  `((?:${words})[\\w$-]{0,64}["'\`]?\\]?\\s{0,8}[:=]\\s{0,8})("(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|\`(?:[^\`\\\\]|\\\\.)*\`)`,
  'gis',
);

/** Most of what was asked for that is written down, in characters of JSON. */
const mostText = 4096;

/**
 * What was asked for, without secrets, and not more than there is room for: values under such names at any depth, and quoted texts that code gives
 * such a name. Code itself is always written: nobody can hide what is done behind a name.
 */
export function redacted(args: object): object {
  const text = JSON.stringify(args, (key, value: unknown) => {
    if (secret.test(key)) return '***';
    return typeof value === 'string' ? value.replace(secretInText, hidden) : value;
  });
  return text.length <= mostText ? (JSON.parse(text) as object) : { cut: text.slice(0, mostText) };
}

const hidden = (_: string, name: string, value: string): string => `${name}${value[0]}***${value[0]}`;
