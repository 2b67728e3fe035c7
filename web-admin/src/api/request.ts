import type { LeaderThere } from './answers.js';

/** What the server of the page answers when something is not as it should be. */
export class ApiError extends Error {
  override readonly name = 'ApiError';

  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    /** Of a master that does not lead: who does. */
    readonly leader?: LeaderThere,
  ) {
    super(message);
  }
}

/** The code of an error that the server cannot be asked at all. */
export const unreachable = 'UNREACHABLE';

/** Codes of answers to who is not signed in, or not any more. */
const notSignedIn: readonly string[] = ['NOT_SIGNED_IN', 'SESSION_IDLE', 'SESSION_EXPIRED', 'SESSION_ENDED'];

let signedOut = (_code: string): void => {};

/** Says what is done when the server knows nothing of a session any more; it is told the code of why. */
export function onSignedOut(act: (code: string) => void): void {
  signedOut = act;
}

/** Told in place of what the system says, which differs by browser. */
const noAnswer = (error: unknown): ApiError =>
  new ApiError(unreachable, error instanceof Error ? error.message : String(error), 0);

/** How long an answer is waited for that nobody has asked for, in ms. */
const unaskedMs = 10_000;

/** How something is asked for. */
export interface RequestOptions {
  /** @default JSON */
  readonly accept?: string;
  /** Whether the page asks by itself: by what nobody has done a session does not last longer. */
  readonly unasked?: boolean;
  /** Aborted when nobody waits any more. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks the server of the page for something.
 *
 * @throws ApiError with the server's code and words
 */
export async function request(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
  { accept = 'application/json', unasked = false, signal }: RequestOptions = {},
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path}`, {
      method,
      headers: {
        accept,
        'x-pomelo-admin': unasked ? 'unasked' : '1',
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
      cache: 'no-store',
      credentials: 'same-origin',
      ...(signal && { signal }),
      // nobody sees that it waits
      ...(unasked && { signal: AbortSignal.timeout(unaskedMs) }),
    });
  } catch (error) {
    throw noAnswer(error);
  }
  if (response.ok) return response;
  const error = await errorOf(response);
  if (notSignedIn.includes(error.code)) signedOut(error.code);
  throw error;
}

/** As {@link request}, for an answer of one JSON text. */
export async function ask<T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: object,
  options?: RequestOptions,
): Promise<T> {
  const response = await request(method, path, body, options);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

async function errorOf(response: Response): Promise<ApiError> {
  const fallback = new ApiError(`HTTP_${response.status}`, response.statusText, response.status);
  try {
    const { error } = (await response.json()) as {
      error: { code: string; message: string; leader?: LeaderThere };
    };
    return new ApiError(error.code, error.message, response.status, error.leader);
  } catch {
    return fallback; // a proxy between may answer what it likes
  }
}
