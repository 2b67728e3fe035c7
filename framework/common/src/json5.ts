import { createRequire } from 'node:module';
import { readRegularFile } from './regular-file.js';

/** It is CommonJS: to import it, Node would read it for the names that it exports first, which takes 35 ms of each command. */
const JSON5 = createRequire(import.meta.url)('json5') as typeof import('json5');

/**
 * The value in a file of JSON5.
 * @throws SyntaxError, or the error of reading it
 */
export function readJson5(path: string): unknown {
  return JSON5.parse(readRegularFile(path));
}

/**
 * The value of a text of JSON5.
 * @throws SyntaxError
 */
export function parseJson5(text: string): unknown {
  return JSON5.parse(text);
}

/** Where the fault is that {@link parseJson5} threw for. */
export function positionOf(error: unknown): string {
  const { lineNumber, columnNumber } = error as { lineNumber?: number; columnNumber?: number };
  return lineNumber === undefined ? '' : `line ${lineNumber}, column ${columnNumber}`;
}

/** What {@link parseJson5} threw for, without its place. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return `not valid JSON5: ${text.replace(/^JSON5: /, '').replace(/ at \d+:\d+$/, '')}`;
}
