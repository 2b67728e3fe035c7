import type { Paint } from '../terminal.js';
import { escapedLines } from '../view/escaped.js';
import type { Finding } from './finding.js';

const marks = { fine: ['✔', 'green'], note: ['!', 'yellow'], wrong: ['✖', 'red'] } as const;

/** Further lines of a text stand below the first: none of them looks like a finding of its own. */
const indented = (text: string) => escapedLines(text).replaceAll('\n', '\n           ');

/** A finding as the report has it, and what mends it in a line below. */
export function showFinding({ check, state, text, cure }: Finding, paint: Paint): string {
  const [mark, style] = marks[state];
  const head = `${paint(style, mark)} ${check.padEnd(8)} ${indented(text)}`;
  return cure === undefined ? head : `${head}\n           ${paint('dim', '→')} ${indented(cure)}`;
}
