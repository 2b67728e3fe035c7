import { errorTable, isPomeloError, type Logger } from '@pomelo-ts/common';

/** How what went wrong is told: never with a stack, nor with what is nobody's business. */
export interface Failure {
  readonly status: number;
  readonly error: { readonly code: string; readonly message: string };
}

/** What is told of an error; one that nobody has thought of is logged. */
export function failureOf(error: unknown, logger: Logger): Failure {
  if (isPomeloError(error)) {
    const { code, message } = error;
    const { status } = errorTable[code];
    return { status, error: { code, message } };
  }
  logger.error('A request to the admin failed.', { error });
  return { status: 500, error: { code: 'UNKNOWN', message: 'It failed; the log of the master says why.' } };
}
