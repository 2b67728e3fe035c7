import type { ScreenState } from '../screen-state.js';
import { detailLines, helpLines, logLines } from './beside-lines.js';
import { type Effects, footLines } from './foot-lines.js';
import { headLines } from './head-lines.js';
import { cutMark, fitted, type Line } from './line.js';
import { tableLines } from './table-lines.js';

/** The whole screen: exactly as many lines as it has, none wider than it is. */
export function screenLines(state: ScreenState, effects: Effects): Line[] {
  const { mode, rows, columns, plain } = state;
  const head = mode.kind === 'log' ? headLines(state).slice(0, 1) : headLines(state);
  const foot = footLines(state, effects);
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
  if (mode.kind === 'help') return helpLines(state, height);
  if (mode.kind === 'log') return logLines(mode, state, height);
  return tableLines(state, height);
}
