import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { isPomeloError, reasonOf } from '@pomelo-ts/common';

/** Where the framework itself is: the folder of this package. */
const own = fileURLToPath(new URL('../..', import.meta.url));

/** What keeps a server from starting, as an operator needs it: the reason, and where the game's own code is in it. */
export function toldError(error: unknown, verbose = false): string {
  if (verbose) return inspect(error);
  const cause = deepest(error);
  const frames = gameFrames(cause);
  if (frames.length === 0 && !isPomeloError(error)) return inspect(error); // a fault of our own: all of it is needed
  return [reasonOf(error), ...frames].join('\n');
}

/** Lines of the stack that are in the game's own code, or in what it uses. */
function gameFrames(error: unknown): string[] {
  if (!(error instanceof Error) || error instanceof SyntaxError) return [];
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line));
  return lines.filter(
    (line) => !line.includes('node:') && !line.includes(own) && !line.includes('/@pomelo-ts/'),
  );
}

function deepest(error: unknown): unknown {
  return error instanceof Error && error.cause !== undefined ? deepest(error.cause) : error;
}
