/** The value that a word stands for: JSON where it is that, else the text itself. @throws Error for what begins as JSON and is none */
export function valueIn(word: string): unknown {
  try {
    return JSON.parse(word);
  } catch (error) {
    if (!/^[[{"]/.test(word)) return word;
    throw new Error(`expected JSON, or a text that does not begin like it: ${(error as Error).message}`);
  }
}
