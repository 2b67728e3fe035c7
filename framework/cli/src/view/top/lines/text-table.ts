import { showTable } from '../../table.js';
import type { TextLine } from '../screen-state.js';

/** A table as lines of a page: its heads, then its rows. */
export function textTable(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): readonly TextLine[] {
  const [head, ...others] = showTable(heads, rows, (_style, text) => text).split('\n');
  return [{ text: head!, style: 'dim' }, ...others.map((text) => ({ text }))];
}
