import { stripVTControlCharacters } from 'node:util';
import { forTerminal } from './escaped.js';
import { cutToWidth, textWidth } from './text-width.js';

/** Draws a text over the one drawn before it; an empty one takes that away. */
export function redrawer(): (text: string) => void {
  let drawn = 0;
  return (text) => {
    const above = drawn > 0 ? `\u001b[${drawn}A\u001b[0J` : '';
    const lines = text === '' ? [] : text.split('\n').map(fitted);
    drawn = lines.length;
    if (above || lines.length > 0) process.stdout.write(above + lines.map((line) => `${line}\n`).join(''));
  };
}

/** A line that wraps would be two, and the next drawing too low. */
function fitted(text: string): string {
  const line = forTerminal(text);
  const width = process.stdout.columns ?? 100;
  const plain = stripVTControlCharacters(line);
  return textWidth(plain) < width ? line : cutToWidth(plain, width - 1);
}
