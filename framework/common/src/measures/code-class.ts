import { isPomeloError } from '../errors.js';

/** How a request or call ended: well, with an error, too late, or refused as too much is going on. */
export const codeClasses = ['ok', 'error', 'timeout', 'refused'] as const;

/** One of {@link codeClasses}. */
export type CodeClass = (typeof codeClasses)[number];

/** How something ended that failed with `error`. */
export function codeClassOf(error: unknown): CodeClass {
  if (!isPomeloError(error)) return 'error';
  const { code } = error;
  if (code === 'REQUEST_TIMEOUT' || code === 'RPC_TIMEOUT') return 'timeout';
  const refused = code === 'REQUEST_QUEUE_FULL' || code === 'RPC_OVERLOADED' || code === 'RATE_LIMITED';
  return refused ? 'refused' : 'error';
}
