import { styleText } from 'node:util';

/** Where the command line writes to. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether a person watches, so that lines may be drawn again. */
  readonly live: boolean;
  /** Whether colours are welcome. */
  readonly colours: boolean;
}

/** This process's own terminal. */
export function processTerminal(): Terminal {
  const live = process.stdout.isTTY === true && process.env['TERM'] !== 'dumb' && !process.env['CI'];
  return {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    live,
    colours: process.stdout.isTTY === true && !process.env['NO_COLOR'],
  };
}

export type Style = 'green' | 'red' | 'yellow' | 'cyan' | 'magenta' | 'blue' | 'bold' | 'dim';

/** Paints text, or leaves it when colours are not welcome. */
export type Paint = (style: Style, text: string) => string;

export const paintFor =
  ({ colours }: Terminal): Paint =>
  (style, text) =>
    colours && text ? styleText(style, text) : text;
