import { escapedLines } from '@pomelo-ts/views';

export { escaped, escapedLines } from '@pomelo-ts/views';

/** A value as JSON whose text can do nothing but be read; it is the same value for whoever parses it. */
export const jsonText = (value: unknown, indent = 0): string =>
  escapedLines(JSON.stringify(value, null, indent));

/** Colours: what this program paints with, and nothing else that begins with an escape character. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const colour = /(\u001b\[(?:\d{1,3}(?:;\d{1,3})*)?m)/;

/** What may be written to a terminal: text, lines, and colours. */
export function forTerminal(text: string): string {
  return text
    .split(colour)
    .map((part, index) => (index % 2 === 1 ? part : escapedLines(part)))
    .join('');
}
