/** What takes two columns of a terminal: East Asian scripts, full-width forms, and emoji (whose two halves count by themselves). */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/g;

/** Columns that text takes in a terminal, when it has no control characters. */
export const textWidth = (text: string): number => text.length + (text.match(wide)?.length ?? 0);

/** Fills up with blanks to a width. */
export const padToWidth = (text: string, width: number): string =>
  text + ' '.repeat(Math.max(width - textWidth(text), 0));

/** Cuts what is wider, with a mark for it, one column wide. */
export function cutToWidth(text: string, width: number, mark = '…'): string {
  if (textWidth(text) <= width) return text;
  let cut = '';
  for (const letter of text) {
    if (textWidth(cut + letter) > width - 1) break;
    cut += letter;
  }
  return cut + mark;
}
