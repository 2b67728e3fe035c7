import { parseDuration } from '@pomelo-ts/common';
import type { Terminal } from './terminal.js';

/** What `--timeout` says in ms; undefined, and told, where it is none. */
export function timeoutIn({ timeout }: { readonly timeout: string }, terminal: Terminal): number | undefined {
  const ms = parseDuration(timeout);
  if (!ms) terminal.err(`expected --timeout as a duration with its unit, such as "5s"; got ${timeout}`);
  return ms || undefined;
}
