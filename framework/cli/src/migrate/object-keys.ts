/** A key of an object literal in a text. */
export interface LiteralKey {
  readonly name: string;
  /** Where in the text it stands. */
  readonly index: number;
  /** Whether it is given a value that turns it off. */
  readonly off: boolean;
}

/** The own keys of the object literal that begins at `start`, the place of its brace; none when there is no literal. */
export function literalKeys(text: string, start: number): LiteralKey[] {
  if (text[start] !== '{') return [];
  const keys: LiteralKey[] = [];
  let depth = 0;
  let keyMayFollow = false;
  const token = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|[\w$]+|[^\s]/g;
  token.lastIndex = start;
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [found] = match;
    if (keyMayFollow && depth === 1 && /^["'\w$]/.test(found)) {
      const rest = text.slice(token.lastIndex);
      const name = found.replace(/^["']|["']$/g, '');
      keys.push({ name, index: match.index, off: /^\s*:\s*(false|null|undefined|0)\s*[,}\n]/.test(rest) });
    }
    if ('{[('.includes(found)) depth++;
    else if ('}])'.includes(found)) depth--;
    keyMayFollow = depth === 1 && (found === '{' || found === ',');
    if (depth === 0) break;
  }
  return keys;
}
