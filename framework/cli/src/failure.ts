import { dirname } from 'node:path';
import { type ErrorCode, isPomeloError, reasonOf } from '@pomelo-ts/common';
import { otherOwner, showOtherOwner } from '@pomelo-ts/common/internal';
import { Interrupted } from './interrupt.js';
import { paintFor, type Terminal } from './terminal.js';
import { escapedLines } from './view/escaped.js';

/** What a command ends with. */
export const exitCodes = { fine: 0, failure: 1, usage: 2, interrupted: 130 } as const;

/** Errors that the one who called can mend in the call or the configuration. */
const usageErrors: readonly ErrorCode[] = [
  'CONFIG_INVALID',
  'CONFIG_MISSING',
  'CODEC_MISSING',
  'CODEC_INVALID',
  'TRACING_MISSING',
  'TRACING_INVALID',
  'NOT_YOURS',
  'SECRET_MISSING',
  'SECRET_FILE_OPEN',
  'SECRET_EMPTY',
  'SECRET_SHORT',
  'SECRET_OTHER',
  'HOST_ELSEWHERE',
  'ENV_OTHER',
  'SERVER_NOT_IN_TOPOLOGY',
  'SERVER_EXTERNAL',
  'OPERATION_INVALID',
  'VIEW_INVALID',
  'OPERATION_MISSING',
  'GAME_NAME_INVALID',
  'FOLDER_NOT_EMPTY',
];

/** The exit code for an error. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return exitCodes.interrupted;
  const wraps = isPomeloError(error, 'COMMAND_FAILED') || isPomeloError(error, 'DAEMON_FAILED');
  const told = wraps ? error.cause : error;
  const { code } = (told ?? {}) as { code?: string };
  return usageErrors.some((usage) => usage === code) ? exitCodes.usage : exitCodes.failure;
}

/** Prints an error as one message; its stack only when asked for. */
export function printFailure(error: unknown, terminal: Terminal, verbose: boolean): void {
  if (error instanceof Interrupted) {
    terminal.err(error.message);
    return;
  }
  const paint = paintFor(terminal);
  terminal.err(`${paint('red', 'error')} ${escapedLines(whyFailed(error))}`);
  if (verbose && error instanceof Error && error.stack) terminal.err(paint('dim', escapedLines(error.stack)));
}

/** What the system said of a file that belongs to somebody else tells nobody whose it is. */
function whyFailed(error: unknown): string {
  const { code, path } = (error ?? {}) as { code?: unknown; path?: unknown };
  const denied = (code === 'EACCES' || code === 'EPERM') && typeof path === 'string';
  const other = denied
    ? (otherOwner(path, { write: true }) ?? otherOwner(dirname(path), { write: true }))
    : undefined;
  return other ? `${reasonOf(error)}; ${showOtherOwner(other)}` : reasonOf(error);
}
