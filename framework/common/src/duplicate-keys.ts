import { parseJson5 } from './json5.js';

/** A key that an object of a JSON5 text has more than once: all but the last are lost to whoever reads it. */
export interface DuplicateKey {
  /** Keys and indexes that lead to it. */
  readonly path: readonly (string | number)[];
  /** Where it stands, in the order of the text. */
  readonly places: readonly Place[];
}

/** A place in a text, counted from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** What stands for itself in a text, in the words of json5.org: blanks and comments, strings, and all else that is one word. */
const tokenPattern =
  /(?:\s|\ufeff|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)+|"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'|[{}[\]:,]|[^\s\ufeff{}[\]:,"'/]+/g;

interface Container {
  /** Where its keys were seen; undefined for an array. */
  readonly keys: Map<string, number[]> | undefined;
  readonly path: readonly (string | number)[];
  /** The key or index of the value that comes next. */
  at: string | number;
  /** Whether a key comes next. */
  wantsKey: boolean;
}

/** The keys that objects of `text` have twice, in the order in which they end; `text` is JSON5 that can be read. */
export function duplicateKeys(text: string): readonly DuplicateKey[] {
  const found: DuplicateKey[] = [];
  const open: Container[] = [];
  const pathOf = (container: Container) => [...container.path, container.at];
  for (const { 0: token, index } of text.matchAll(tokenPattern)) {
    const top = open.at(-1);
    if (/^(?:\s|\ufeff|\/)/.test(token)) continue;
    if (token === '{' || token === '[') {
      const isObject = token === '{';
      open.push({
        keys: isObject ? new Map() : undefined,
        path: top ? pathOf(top) : [],
        at: isObject ? '' : 0,
        wantsKey: isObject,
      });
    } else if (token === '}' || token === ']') {
      for (const [key, places] of open.pop()?.keys ?? [])
        if (places.length > 1)
          found.push({ path: [...top!.path, key], places: places.map((at) => placeIn(text, at)) });
    } else if (token === ',') {
      if (top?.keys) top.wantsKey = true;
      else if (top) top.at = Number(top.at) + 1;
    } else if (top?.keys && top.wantsKey) {
      top.wantsKey = false;
      top.at = keyOf(token);
      top.keys.set(top.at, [...(top.keys.get(top.at) ?? []), index]);
    }
  }
  return found;
}

/** A key as whoever reads it gets it: without quotes, with its escapes resolved. */
function keyOf(token: string): string {
  return Object.keys(parseJson5(`{${token}:0}`) as object)[0] ?? '';
}

function placeIn(text: string, index: number): Place {
  const lines = text.slice(0, index).split(/\r\n|[\n\r\u2028\u2029]/);
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}
