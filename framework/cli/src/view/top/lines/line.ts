import type { Style } from '../../../terminal.js';
import { escaped } from '../../escaped.js';
import { cutToWidth, textWidth } from '../../text-width.js';

/** A piece of a line in one style; `inverse` is for the line that is selected. */
export interface Span {
  readonly text: string;
  readonly style?: Style | 'inverse';
}

/** A line of the screen. */
export type Line = readonly Span[];

/** What stands where something was cut off; undefined for the usual one. */
export const cutMark = (plain: boolean): string | undefined => (plain ? '>' : undefined);

/** A line of one piece. */
export const plainLine = (text: string, style?: Span['style']): Line => [span(text, style)];

export const span = (text: string, style?: Span['style']): Span => ({ text, ...(style && { style }) });

/** A line as wide as the screen at most. What others have written in it is shown as characters, whatever it is. */
export function fitted(line: Line, width: number, mark?: string): Line {
  let left = width;
  const spans: Span[] = [];
  for (const one of line) {
    if (left <= 0) break;
    const text = cutToWidth(escaped(one.text), left, mark);
    spans.push({ ...one, text });
    left -= textWidth(text);
  }
  return spans;
}

/** Two pieces at both ends of a line; the right one goes where there is no room for both. */
export function bothEnds(left: Line, right: Line, width: number): Line {
  const free = width - widthOf(left) - widthOf(right);
  return free > 0 ? [...left, span(' '.repeat(free)), ...right] : left;
}

export const widthOf = (line: Line): number =>
  line.reduce((sum, { text }) => sum + textWidth(escaped(text)), 0);

/** Text in lines no wider than `width`, broken at blanks where there are some. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (textWidth(rest) > width) {
    const room = cutToWidth(rest, width).length - 1;
    const blank = rest.lastIndexOf(' ', room);
    const at = blank > 0 ? blank : Math.max(1, room);
    lines.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return [...lines, rest];
}
