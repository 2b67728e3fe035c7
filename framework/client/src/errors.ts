/** Everything that can go wrong for a client, one code each. `{name}` stands for a member of {@link ClientError.facts}. */
export const clientErrors = {
  CONNECT_FAILED: 'could not connect to {url}: {reason}',
  HANDSHAKE_REFUSED: '{url} refused the handshake with code {code}: {reason}',
  GATE_REFUSED: 'the gate named no server: {route} was answered with code {code}',
  DISCONNECTED: 'the connection to {url} was lost: {reason}',
  KICKED: 'the server ended the connection: {reason}',
  CLOSED: 'the client was closed',
  TIMEOUT: '{route} was not answered within {ms} ms',
  TOO_MANY_PENDING: '{limit} requests wait for answers already',
  BAD_REQUEST: '{route} cannot be sent: {reason}',
  PROTOCOL: '{url} sent what cannot be read: {reason}',
  UNKNOWN_ROUTE_CODE: 'a push came with route code {routeCode}, which the dictionary does not have',
  LISTENER: 'a listener threw on {route}: {reason}',
} as const;

/**
 * What went wrong, for programs: a key of {@link clientErrors}. `connect` rejects with `CONNECT_FAILED`, `HANDSHAKE_REFUSED`,
 * `GATE_REFUSED`, `PROTOCOL` or `TIMEOUT`; a request with `TIMEOUT`, `DISCONNECTED`, `KICKED`, `CLOSED`, `TOO_MANY_PENDING`,
 * `BAD_REQUEST` or `PROTOCOL`; `onFault` hears of `UNKNOWN_ROUTE_CODE`, `PROTOCOL` and `LISTENER`.
 *
 * @example
 * const worthAnotherTry: ClientErrorCode[] = ['TIMEOUT', 'DISCONNECTED'];
 */
export type ClientErrorCode = keyof typeof clientErrors;

export type ClientErrorFacts = Readonly<Record<string, string | number>>;

/**
 * Why a connection or a request failed. An answer of the server is never an error, whatever `code` its body has.
 *
 * @example
 * try { await client.request('chat.chatHandler.send', { text }); }
 * catch (error) { if (error instanceof ClientError && error.code === 'DISCONNECTED') showOffline(); }
 */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  readonly facts: ClientErrorFacts;

  constructor(code: ClientErrorCode, facts: ClientErrorFacts = {}, options?: ErrorOptions) {
    super(fill(clientErrors[code], facts), options);
    this.code = code;
    this.facts = facts;
  }
}

function fill(template: string, facts: ClientErrorFacts): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(facts, name) ? String(facts[name]) : whole,
  );
}

/** The reason in any thrown value, for use inside another message. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
