import { resolve } from 'node:path';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { duplicateKeys, parseJson5, showDuplicate } from '@pomelo-ts/common/config';
import { readRegularFile } from '@pomelo-ts/common/internal';

/** What `add` asks of the master: new servers by type, or ids to bring back. */
export type Addition = { readonly servers: Record<string, unknown> } | { readonly ids: readonly string[] };

/** Fields that are texts even when they look like numbers. */
const texts: ReadonlySet<string> = new Set([
  'id',
  'host',
  'clientHost',
  'clientListen',
  'clientUrl',
  'group',
  'args',
]);

/**
 * Reads what was typed after `add`: pomelo's `key=value …` of one server, a text of JSON5, or ids.
 *
 * @throws CONFIG_INVALID when it is none of these
 */
export function additionOf(words: readonly string[]): Addition {
  const [first = ''] = words;
  if (words.length === 1 && /^\s*\{/.test(first)) return { servers: byType(parsed(first, 'add'), 'add') };
  const odd = words.find((word) => !word.includes('=') && /[^\w.-]/.test(word));
  if (odd !== undefined)
    throw invalid(
      'add',
      `expected ids of servers, fields as key=value, or one text of JSON5 that begins with {; got ${JSON.stringify(odd)}`,
    );
  if (words.every((word) => !word.includes('='))) return { ids: words };
  const fields = words.map((word) => fieldOf(word));
  const twice = fields.find(([key], index) => fields.findIndex(([other]) => other === key) !== index);
  if (twice) throw invalid('add', `${twice[0]}: expected each field once`);
  return { servers: byType(Object.fromEntries(fields), 'add') };
}

/** Reads a file of servers. @throws CONFIG_INVALID when it cannot be read or is no JSON5 */
export function additionIn(file: string): Addition {
  try {
    return { servers: byType(parsed(readRegularFile(resolve(file)), file), file) };
  } catch (error) {
    if (error instanceof PomeloError) throw error;
    throw invalid(file, reasonOf(error));
  }
}

function parsed(text: string, source: string): unknown {
  let value: unknown;
  try {
    value = parseJson5(text);
  } catch (error) {
    throw invalid(source, `not valid JSON5: ${reasonOf(error).replace(/^JSON5: /, '')}`);
  }
  const [twice] = duplicateKeys(text);
  if (twice) throw invalid(source, `${twice.path.join('.')}: ${showDuplicate(twice)}`);
  return value;
}

/** One server, which tells its type as `serverType`, or lists of servers by type. */
function byType(value: unknown, source: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(source, `expected an object, got ${JSON.stringify(value)}`);
  const fields = value as Record<string, unknown>;
  const { serverType, ...entry } = fields;
  if (typeof serverType === 'string' && serverType !== '') return { [serverType]: [entry] };
  if (serverType === undefined && Object.values(fields).every(Array.isArray)) return fields;
  throw invalid(source, 'expected serverType beside the other fields, such as serverType=chat');
}

function fieldOf(word: string): [string, unknown] {
  const at = word.indexOf('=');
  if (at <= 0) throw invalid('add', `expected key=value, got ${word}`);
  const [key, value] = [word.slice(0, at), word.slice(at + 1)];
  if (key === 'serverType' || texts.has(key)) return [key, value];
  if (/^-?\d+(\.\d+)?$/.test(value)) return [key, Number(value)];
  if (value === 'true' || value === 'false') return [key, value === 'true'];
  return [key, value];
}

const invalid = (source: string, problem: string) =>
  new PomeloError('CONFIG_INVALID', { count: 1, problems: `  ${source}: ${problem}` });
