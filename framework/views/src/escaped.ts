/**
 * What a terminal or a page obeys instead of showing it, or shows as nothing: controls, marks that turn the direction of text, and what has no
 * width. Among them is the joiner of emoji: a name may look longer than it is, but never like another.
 */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e00ff}]/gu;
const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text that somebody else has written, as one line that can do nothing but be read: an escape character is shown as `\u001b`. */
export function escaped(text: string): string {
  return text.replace(unseen, (found) => short[found] ?? codeOf(found));
}

/** As {@link escaped}, for text of several lines: these stay, and so do tabs. */
export function escapedLines(text: string): string {
  return text.replace(unseen, (found) => (found === '\n' || found === '\t' ? found : codeOf(found)));
}

/** As JSON and JavaScript write it, so that JSON that has it stays the same value. */
const codeOf = (found: string): string =>
  Array.from(
    { length: found.length },
    (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
