import { PomeloError, reasonOf } from './errors.js';
import { messageOf, parseJson5, positionOf } from './json5.js';
import { readRegularFile } from './regular-file.js';

/**
 * The value of a JSON file that other programs read too, such as package.json. A byte order mark, which some editors put
 * there, is passed over, as Node and npm do.
 *
 * @param name how messages name the file
 * @throws CONFIG_INVALID that names the file and the line of what is no JSON; or the error of reading it
 */
export function readJson(path: string, name: string = path): unknown {
  return parseJson(readRegularFile(path), name);
}

/**
 * The value of a text of JSON that was read from the file `name`; see {@link readJson}.
 * @throws CONFIG_INVALID
 */
export function parseJson(text: string, name: string): unknown {
  const json = text.startsWith('\ufeff') ? text.slice(1) : text;
  try {
    return JSON.parse(json);
  } catch (error) {
    const problems = `  ${name}: ${whatIsNoJson(json, error)}`;
    throw new PomeloError('CONFIG_INVALID', { count: 1, problems }, { cause: error });
  }
}

/** JSON5's reader names the place; what it takes and JSON does not is in V8's words, which name none. */
function whatIsNoJson(json: string, fault: unknown): string {
  try {
    parseJson5(json);
    return `not valid JSON: ${reasonOf(fault)}`;
  } catch (error) {
    return `${positionOf(error)}: ${messageOf(error).replace('JSON5', 'JSON')}`;
  }
}
