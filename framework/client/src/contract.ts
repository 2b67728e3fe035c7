import type { Client } from './client.js';

/**
 * What a game and its clients say to each other: `pomelo-ts gen` writes one for a game, with the name `GameContract`, into
 * `app/generated/client.d.ts`.
 */
export interface ClientContract {
  /** By route: `{input, answer}`. */
  readonly routes: object;
  /** By route: the body. */
  readonly pushes: object;
  /** By code: the data. */
  readonly errors: object;
}

/** The contract of a client that was told none: any route, any body. */
export interface AnyContract extends ClientContract {
  readonly isAny: true;
}

/** Only for the compiler: an answer's own type is never taken for a failure, whatever it looks like. */
declare const failed: unique symbol;

interface Failed {
  readonly [failed]: true;
}

/** What the framework answers when it could not do a request: `code` as in HTTP. */
export interface FrameworkFailure extends Failed {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** What a game's handler answers by throwing a `GameError`. */
export interface GameFailure<Code extends string = string, Data = unknown> extends Failed {
  readonly code: Code;
  readonly message: string;
  readonly data: Data;
}

/** An answer that says that a request was not done, and why. `Errors` are those of a contract: data by code. */
export type Failure<Errors extends object = Record<string, unknown>> =
  | FrameworkFailure
  | { [Code in keyof Errors & string]: GameFailure<Code, Errors[Code]> }[keyof Errors & string];

/** What of an answer's type {@link isFailure} finds. */
export type FailureOf<Answer> = [Extract<Answer, Failed>] extends [never]
  ? Answer & Failure
  : Extract<Answer, Failed>;

/**
 * Whether an answer says that the request was not done: its `code` is a number from 400 on or a text, and it has a `message`.
 * Where it does not, what is left is the route's own answer.
 *
 * @example
 * const answer = await client.request('room.roomHandler.join', { room: 'blue' });
 * if (isFailure(answer)) return answer.code === 'ROOM_FULL' ? retry(answer.data.max) : show(answer.message);
 * draw(answer.players);
 */
export function isFailure<Answer>(answer: Answer): answer is FailureOf<Answer> {
  const { code, message } = (answer ?? {}) as { code?: unknown; message?: unknown };
  return (
    typeof message === 'string' && (typeof code === 'string' || (typeof code === 'number' && code >= 400))
  );
}

type InputOf<C extends ClientContract, Route extends keyof C['routes']> = C['routes'][Route] extends {
  readonly input: infer Input;
}
  ? Input
  : never;

type AnswerOf<C extends ClientContract, Route extends keyof C['routes']> = C['routes'][Route] extends {
  readonly answer: infer Answer;
}
  ? Answer
  : never;

/** The arguments after the route: a body that needs nothing may be left out. */
// biome-ignore lint/complexity/noBannedTypes: `{}` is what a body without anything in it fits
type BodyArguments<Input, More extends unknown[]> = {} extends Input
  ? [body?: Input, ...More]
  : [body: Input, ...More];

/** A {@link Client} that the compiler has been told the contract of. */
export interface ContractClient<C extends ClientContract> extends Omit<Client, 'request' | 'notify' | 'on'> {
  /** As {@link Client.request}; `isFailure` tells answers from failures. */
  request<Route extends keyof C['routes'] & string>(
    route: Route,
    ...rest: BodyArguments<InputOf<C, Route>, [options?: { timeoutMs?: number }]>
  ): Promise<AnswerOf<C, Route> | Failure<C['errors']>>;
  /** As {@link Client.notify}. */
  notify<Route extends keyof C['routes'] & string>(
    route: Route,
    ...rest: BodyArguments<InputOf<C, Route>, []>
  ): void;
  /** As {@link Client.on}. */
  on<Push extends keyof C['pushes'] & string>(
    push: Push,
    listener: (body: C['pushes'][Push]) => void,
  ): () => void;
}

/**
 * A connection to a game: `Client<GameContract>` knows its routes, pushes and errors, plain `Client` takes any.
 */
export type GameClient<C extends ClientContract = AnyContract> = [C] extends [AnyContract]
  ? Client
  : ContractClient<C>;
