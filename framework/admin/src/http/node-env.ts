import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Context } from 'hono';

/** What an app knows of Node's side of a request. */
export interface NodeEnv {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}

/** One request, with Node's side of it. */
export type AdminContext = Context<{ Bindings: NodeEnv }>;
