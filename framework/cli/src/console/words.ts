/** The words of a line, as a shell has them: quotes keep blanks, and JSON in braces or brackets is one word. @throws Error for what is not closed */
export function wordsOf(line: string): readonly string[] {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (/\s/.test(line[at]!)) at += 1;
    else {
      const { word, end } = wordAt(line, at);
      words.push(word);
      at = end;
    }
  }
  return words;
}

function wordAt(line: string, start: number): { readonly word: string; readonly end: number } {
  let word = '';
  let depth = 0;
  let quote = '';
  let at = start;
  for (; at < line.length; at++) {
    const letter = line[at]!;
    if (quote === '' && depth === 0 && /\s/.test(letter)) break;
    if (quote !== '') {
      if (letter === '\\' && depth > 0) word += letter + (line[++at] ?? '');
      else if (letter !== quote || depth > 0) word += letter;
      if (letter === quote) quote = '';
      continue;
    }
    if (letter === '"' || (letter === "'" && depth === 0)) {
      quote = letter;
      if (depth > 0) word += letter;
      continue;
    }
    if (letter === '{' || letter === '[') depth += 1;
    if (letter === '}' || letter === ']') depth -= 1;
    word += letter;
  }
  if (quote !== '') throw new Error(`expected ${quote} at the end of ${line.slice(start)}`);
  if (depth > 0) throw new Error(`expected as many closing braces as opening ones in ${line.slice(start)}`);
  return { word, end: at };
}
