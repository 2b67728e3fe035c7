import type { Terminal } from '../terminal.js';
import { jsonText } from './escaped.js';

/** Prints what has come of a command: as JSON for programs, or as a text for people. */
export function answered(
  { json = false }: { readonly json?: boolean },
  { answer, text }: { readonly answer: unknown; readonly text: string },
  terminal: Terminal,
): void {
  terminal.out(json ? jsonText(answer, 2) : text);
}
