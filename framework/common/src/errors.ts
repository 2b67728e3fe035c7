import { hostPort } from './address.js';
import type { ErrorRow } from './errors/row.js';
import { type ErrorCode, errorTable } from './errors/table.js';
import { shown } from './names.js';

type Placeholder<M extends string> = M extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholder<Rest>
  : never;

/** The facts that the message of an error code names. */
export type ErrorFacts<C extends ErrorCode> = {
  readonly [Name in Placeholder<(typeof errorTable)[C]['message']>]: string | number;
};

/** How an error crosses from one process to another. */
export interface ErrorData {
  readonly code: string;
  readonly message: string;
  /** Name of the error's class, when it is neither Error nor PomeloError. */
  readonly name?: string;
  readonly data?: unknown;
  /** Only in development. */
  readonly stack?: string;
}

/**
 * An error of the framework: a code from {@link errorTable}, a message made from its facts, and the facts.
 *
 * @example
 * throw new PomeloError('RPC_TIMEOUT', { target: 'chat-server-1', method: 'chat.chatRemote.add', ms: 3000 });
 */
export class PomeloError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'PomeloError';
  readonly code: C;
  readonly facts: ErrorFacts<C>;
  /** More that a client is told beside code and message, as JSON. */
  declare readonly data?: unknown;

  constructor(code: C, facts: ErrorFacts<C>, options?: ErrorOptions & { readonly data?: unknown }) {
    super(fillTemplate(errorTable[code].message, facts as Record<string, string | number>), options);
    this.code = code;
    this.facts = facts;
    if (options?.data !== undefined) this.data = options.data;
  }

  /** The number a client sees as `code` in an answer. */
  get status(): number {
    return errorTable[this.code].status;
  }

  /** Whether the same call may succeed when tried again. */
  get retryable(): boolean {
    return errorTable[this.code].retryable;
  }
}

/** `{host}:{port}` becomes a place that can be dialed: an IPv6 address stands in brackets. */
function fillTemplate(template: string, facts: Record<string, string | number>): string {
  return template.replace(/\{host\}:\{port\}|\{(\w+)\}/g, (whole, name?: string) =>
    name === undefined
      ? hostPort(shown(facts['host']), shown(facts['port']))
      : Object.hasOwn(facts, name)
        ? shown(facts[name])
        : whole,
  );
}

/** Whether `error` is a {@link PomeloError}, of `code` when given. Works across copies of this package. */
export function isPomeloError<C extends ErrorCode>(error: unknown, code?: C): error is PomeloError<C> {
  try {
    return (
      error instanceof Error &&
      error.name === 'PomeloError' &&
      (code === undefined || (error as PomeloError).code === code)
    );
  } catch {
    return false; // code of a game may throw what cannot even be looked at
  }
}

/** The reason in any thrown value, in one line for use inside another message. Never throws, whatever `error` is. */
export function reasonOf(error: unknown): string {
  try {
    if (error instanceof AggregateError && error.errors.length > 0)
      return error.errors.map(reasonOf).join('; ');
    return error instanceof Error ? String(error.message || error.name) : String(error);
  } catch {
    return unreadable;
  }
}

/** What is told of a thrown value that throws when it is read: a proxy, an object without a text, a getter that fails. */
export const unreadable = 'something was thrown that cannot be read';

export { type ErrorCode, type ErrorRow, errorTable };
