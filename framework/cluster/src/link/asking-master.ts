import {
  type Clock,
  type ErrorCode,
  type ErrorData,
  errorTable,
  isPomeloError,
  PomeloError,
  reasonOf,
} from '@pomelo-ts/common';
import { Asking } from './asking.js';
import type { ServerMessage } from './messages.js';

/** What a server asks its master: errors that the master throws keep their code and facts. */
export function askingMaster(send: (message: ServerMessage) => void, clock: Clock): Asking {
  return new Asking({
    clock,
    send: (question) => send({ t: 'ask', ...question }),
    failed: (command, reason, data) => (data ? thrownBy(data) : lost(`${reason} (${command})`)),
  });
}

/** The error of a question that no answer came to; whether the master has done what was asked is not known. */
export function lost(reason: string): PomeloError {
  return new PomeloError('LINK_LOST', { peer: 'the master', reason });
}

/** An error on its way to the server that asked. */
export function errorDataOf(error: unknown): ErrorData {
  if (isPomeloError(error)) return { code: error.code, message: error.message, data: error.facts };
  return { code: 'ERROR', message: reasonOf(error) };
}

function thrownBy({ code, message, data }: ErrorData): Error {
  if (Object.hasOwn(errorTable, code) && typeof data === 'object' && data !== null)
    return new PomeloError(code as ErrorCode, data as never);
  return new Error(message);
}
