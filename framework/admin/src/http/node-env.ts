import type { IncomingMessage, ServerResponse } from 'node:http';

/** What an app knows of Node's side of a request. */
export interface NodeEnv {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
}
