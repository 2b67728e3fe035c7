import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { isLoopback } from '@pomelo-ts/common/internal';

/** How long a provider may take for one answer with its whole body, in ms, and most bytes of it. */
export const [answerMs, mostBytes] = [5000, 512 * 1024];

/** How a provider is asked. */
export interface BoundedFetch {
  /** @default {@link answerMs} */
  readonly answerMs?: number;
  /** Whom the errors name. */
  readonly issuer: string;
}

/**
 * Asks a provider for something, with a deadline and a bound for what it answers: one that hangs, or sends without end, costs nobody but who waits for it.
 * HTTP without encryption goes to this machine alone, whatever the provider says of its own addresses.
 *
 * @throws OIDC_UNREACHABLE
 */
export async function boundedFetch(
  url: string,
  init: RequestInit,
  { issuer, answerMs: ms = answerMs }: BoundedFetch,
): Promise<Response> {
  const unreachable = (reason: string, cause?: unknown) =>
    new PomeloError('OIDC_UNREACHABLE', { issuer, reason }, { cause });
  const { protocol, hostname } = new URL(url);
  const name = hostname.replace(/^\[(.*)\]$/, '$1');
  if (protocol !== 'https:' && name !== 'localhost' && !isLoopback(name))
    throw unreachable('it names an address without https');
  const ended = new AbortController();
  const timer = setTimeout(() => ended.abort(new Error(`no whole answer in ${ms} ms`)), ms);
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: ended.signal });
    const body = await bodyOf(response);
    if (response.status >= 500) throw new Error(`it answers ${response.status}`);
    return new Response(emptyStatuses.includes(response.status) ? null : body, response);
  } catch (error) {
    ended.abort(); // what is left of a body is not waited for
    throw unreachable(reasonOf((error as Error).cause ?? error), error);
  } finally {
    clearTimeout(timer);
  }
}

/** Statuses whose answers have no body. */
const emptyStatuses: readonly number[] = [204, 205, 304];

async function bodyOf({ body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += part.length;
    if (bytes > mostBytes) throw new Error(`its answer has more than ${mostBytes} bytes`);
    parts.push(part);
  }
  return new Uint8Array(Buffer.concat(parts));
}
