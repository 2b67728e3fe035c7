import { RemoteError } from '@pomelo-ts/rpc';
import type { GameErrors } from './game-errors.js';

/** A code of {@link GameErrors}; any text while the game declares none. */
export type GameErrorCode = keyof GameErrors extends never ? string : keyof GameErrors & string;

/** The data that goes with a code. */
export type GameErrorData<Code extends GameErrorCode> = Code extends keyof GameErrors
  ? GameErrors[Code]
  : unknown;

/**
 * An error that is part of the game: the client is answered `{code, message, data}` with exactly these. Thrown by a remote
 * it reaches the calling server as a GameError again, and passes through its handler to the client.
 *
 * @example
 * throw new GameError('ROOM_FULL', { max: 8 });
 * // the client gets { code: 'ROOM_FULL', message: 'ROOM_FULL', data: { max: 8 } }
 */
export class GameError<Code extends GameErrorCode = GameErrorCode> extends Error {
  override readonly name = 'GameError';
  readonly code: Code;
  readonly data: GameErrorData<Code>;

  /** `message` is for people; the code itself when none is given. `data` must be JSON. */
  constructor(code: Code, data: GameErrorData<Code>, message: string = code) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** The error of a call to a remote as its caller gets it: a game error that was thrown over there is one here. */
export function gameErrorOf(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof RemoteError) || cause.remoteName !== 'GameError') return error;
  return new GameError(cause.code as GameErrorCode, cause.data as never, cause.message);
}

/** Whether `error` is a {@link GameError}, of `code` when given. Works across copies of this package. */
export function isGameError<Code extends GameErrorCode>(
  error: unknown,
  code?: Code,
): error is GameError<Code> {
  try {
    return (
      error instanceof Error &&
      error.name === 'GameError' &&
      (code === undefined || (error as { code?: unknown }).code === code)
    );
  } catch {
    return false; // what cannot even be looked at
  }
}
