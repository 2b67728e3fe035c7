/**
 * What a table shows, as lines of cells: without signs and buttons, times by the clock of the world, and numbers as they are where a cell
 * has `data-value`.
 */
export const tableLines = (table: HTMLTableElement): (string | number)[][] =>
  [...table.rows].map((row) => [...row.querySelectorAll('th, td:not(.row-actions, .no-data)')].map(cellOf));

function cellOf(cell: Element): string | number {
  const { value } = (cell as HTMLElement).dataset;
  if (value !== undefined) return Number.isNaN(Number(value)) ? value : Number(value);
  const copy = cell.cloneNode(true) as Element;
  for (const time of copy.querySelectorAll('time')) time.textContent = time.dateTime || time.textContent;
  for (const one of copy.querySelectorAll('[aria-hidden="true"], button')) one.remove();
  // what stands beside one another is no one word
  for (const one of copy.querySelectorAll('a, li, p, br, div')) one.after(' ');
  return copy.textContent.replace(/\s+/g, ' ').trim();
}
