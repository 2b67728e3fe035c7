import type { Logger, PomeloError } from '@pomelo-ts/common';
import { briefError } from '@pomelo-ts/common/internal';
import type { ClientFormat } from '../wire/client-format.js';

/** What of an error reaches the client. */
export interface ToldError {
  readonly code: string | number;
  readonly message: string;
  readonly data?: unknown;
}

/** What a game puts into an error may be nothing that can be sent, or even read: then it is told without its data. */
export function encodeError(
  format: ClientFormat,
  logger: Logger,
  route: string,
  error: ToldError,
): Uint8Array {
  try {
    const { code, message, data } = error;
    if (data === undefined) return format.encode(route, { code, message });
    try {
      return format.encode(route, { code, message, data });
    } catch (cause) {
      logger.warn(`the data of an error of ${route} cannot be sent`, { error: briefError(cause) });
      return format.encode(route, { code, message });
    }
  } catch {
    // The route's schema has no room for code and message: then the answer is empty, as pomelo sends it.
    return new Uint8Array(0);
  }
}

/** Whether it is the game's: everything that is neither a client's, nor an absent or busy server's. */
export function isOwnFault({ status }: PomeloError): boolean {
  return status === 500;
}
