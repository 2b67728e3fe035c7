import { styleText } from 'node:util';
import { forTerminal } from './view/escaped.js';

/** Where the command line writes to. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether a person watches, so that lines may be drawn again. */
  readonly live: boolean;
  /** Whether colours are welcome. */
  readonly colours: boolean;
  /** Its width in characters, where it has one. */
  readonly columns?: number | undefined;
  /** Asks for a line; undefined when the person ends the command instead. Missing where nobody can answer. */
  ask?(question: string): Promise<string | undefined>;
}

/** This process's own terminal. */
export function processTerminal(): Terminal {
  const live = process.stdout.isTTY === true && process.env['TERM'] !== 'dumb' && !process.env['CI'];
  const answers = live && process.stdin.isTTY === true;
  // What is shown is escaped where it is made; this is for what that has missed.
  const write = (stream: NodeJS.WriteStream, text: string) =>
    void stream.write(`${stream.isTTY ? forTerminal(text) : text}\n`);
  return {
    out: (text) => write(process.stdout, text),
    err: (text) => write(process.stderr, text),
    live,
    colours: process.stdout.isTTY === true && !process.env['NO_COLOR'],
    get columns() {
      return process.stdout.columns;
    },
    ...(answers && { ask: askPerson }),
  };
}

async function askPerson(question: string): Promise<string | undefined> {
  const { createInterface } = await import('node:readline');
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  return new Promise((resolve) => {
    lines.once('close', () => resolve(undefined)); // by Ctrl-C or Ctrl-D
    lines.question(question, (answer) => {
      resolve(answer);
      lines.close();
    });
  });
}

export type Style = 'green' | 'red' | 'yellow' | 'cyan' | 'magenta' | 'blue' | 'bold' | 'dim';

/** Paints text, or leaves it when colours are not welcome. */
export type Paint = (style: Style, text: string) => string;

export const paintFor =
  ({ colours }: Pick<Terminal, 'colours'>): Paint =>
  (style, text) =>
    colours && text ? styleText(style, text) : text;
