import type { Row } from '@pomelo-ts/views';
import { logIn, type ScreenState } from '../screen-state.js';
import { answerLines, detailLines, logLines, momentLines } from './beside-lines.js';
import { footLines } from './foot-lines.js';
import { headLines } from './head-lines.js';
import { helpLines } from './help-lines.js';
import { cutMark, fitted, type Line } from './line.js';
import { rowAtLine, tableLines } from './table-lines.js';

/** The row of the table that stands in a line of the screen, the first of which is 0. */
export function rowAt(state: ScreenState, line: number): Row | undefined {
  if (state.mode.kind !== 'table') return undefined;
  const [above, below] = [headLines(state).length, footLines(state).length];
  return rowAtLine(state, Math.max(1, state.rows - above - below), line - above);
}

/** The whole screen: exactly as many lines as it has, none wider than it is. */
export function screenLines(state: ScreenState): Line[] {
  const { mode, rows, columns, plain } = state;
  const head = logIn(mode) ? headLines(state).slice(0, 1) : headLines(state);
  const foot = footLines(state);
  const height = Math.max(1, rows - head.length - foot.length);
  const body = bodyLines(state, height).slice(0, height);
  const empty = Array.from({ length: height - body.length }, (): Line => []);
  return [...head, ...body, ...empty, ...foot]
    .slice(0, rows)
    .map((line) => fitted(line, columns, cutMark(plain)));
}

function bodyLines(state: ScreenState, height: number): Line[] {
  const { mode } = state;
  if (mode.kind === 'detail') return detailLines(state, mode, height);
  if (mode.kind === 'answer') return answerLines(mode, height);
  if (mode.kind === 'help') return helpLines(state, mode, height);
  if (mode.kind === 'log') return logLines(mode, state, height);
  if (mode.kind === 'moment') return momentLines(mode, height);
  return tableLines(state, height);
}
