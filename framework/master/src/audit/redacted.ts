import { isSecretName, secretWords as words } from '@pomelo-ts/common/internal';

/** Such a name in code or in JSON that is a text, and the quoted text that it gets. Each part is bounded, as the text may be hostile. */
const secretInText = new RegExp(
  `((?:${words})[\\w$-]{0,64}["'\`]?\\]?\\s{0,8}[:=]\\s{0,8})("(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*'|\`(?:[^\`\\\\]|\\\\.)*\`)`,
  'gis',
);

/** A URL that has a password. */
const secretInUrl = /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:@/?#]{0,256}:)[^\s@/?#]{1,256}@/gi;

/** Most of what was asked for that is written down, in characters of JSON. */
const mostText = 4096;

/**
 * What was asked for, without secrets, and not more than there is room for: values under such names at any depth, quoted texts that code gives
 * such a name, and passwords in URLs. Code itself is always written: nobody can hide what is done behind a name.
 */
export function redacted(args: object, most = mostText): object {
  const text = JSON.stringify(args, (key, value: unknown) => {
    if (isSecretName(key)) return '***';
    return typeof value === 'string' ? withoutSecrets(value) : value;
  });
  return text.length <= most ? (JSON.parse(text) as object) : { cut: text.slice(0, most) };
}

/** A value under its name, as {@link redacted} shows it; cut where it is long. */
export function redactedValue(name: string, value: unknown): unknown {
  const shown = redacted({ [name]: value }) as Readonly<Record<string, unknown>>;
  return Object.hasOwn(shown, name) ? shown[name] : shown['cut'];
}

const withoutSecrets = (text: string): string =>
  text.replace(secretInText, hidden).replace(secretInUrl, '$1***@');

const hidden = (_: string, name: string, value: string): string => `${name}${value[0]}***${value[0]}`;
