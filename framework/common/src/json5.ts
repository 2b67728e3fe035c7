import { readFileSync } from 'node:fs';
import JSON5 from 'json5';

/**
 * The value in a file of JSON5.
 * @throws SyntaxError, or the error of reading it
 */
export function readJson5(path: string): unknown {
  return JSON5.parse(readFileSync(path, 'utf8'));
}

/**
 * The value of a text of JSON5.
 * @throws SyntaxError
 */
export function parseJson5(text: string): unknown {
  return JSON5.parse(text);
}
