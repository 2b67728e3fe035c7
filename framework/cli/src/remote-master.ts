import { readFileSync } from 'node:fs';
import { tokenVariable } from '@pomelo-ts/cluster/internal';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { isLoopback } from '@pomelo-ts/common/internal';
import type { Operations } from '@pomelo-ts/master';
import type { MasterClient } from './master-client.js';

/** A view says something each second: after so much silence, in ms, whoever answered is gone. */
const silentMs = 10_000;

/** Where an admin is, and the key to ask it with. */
export interface RemotePlace {
  /** `https://…`; without TLS only on this machine. */
  readonly url: string;
  /** A file that holds the key; {@link tokenVariable} without one. */
  readonly tokenFile?: string | undefined;
}

/** A master that is asked over the HTTP API of its admin, from a machine that has neither the game nor its secret. */
export class RemoteMaster implements MasterClient {
  readonly #base: URL;
  readonly #token: string;
  readonly #closed = new AbortController();

  /** @throws REMOTE_URL_INVALID, REMOTE_KEY_MISSING */
  constructor({ url, tokenFile }: RemotePlace) {
    this.#base = baseOf(url);
    this.#token = tokenOf(url, tokenFile);
  }

  /** The environment that it is of. @throws REMOTE_UNREACHABLE, COMMAND_FAILED */
  async env(): Promise<string> {
    const response = await this.#ask('GET', 'session', undefined, this.#closed.signal);
    const told = parsed<{ readonly session?: { readonly env?: unknown } }>(await response.text())?.session;
    if (typeof told?.env !== 'string') throw this.#unreachable('whoever answers there is no admin');
    return told.env;
  }

  async operate<Verb extends keyof Operations & string>(
    verb: Verb,
    args: Operations[Verb]['args'],
    onProgress: (event: Operations[Verb]['progress']) => void = () => {},
    until?: AbortSignal,
  ): Promise<Operations[Verb]['answer']> {
    const silence = new Silence(until ? silentMs : undefined);
    const signals = [this.#closed.signal, silence.signal, ...(until ? [until] : [])];
    try {
      const response = await this.#ask('POST', `operations/${verb}`, args, AbortSignal.any(signals));
      for await (const { progress, answer, error } of linesOf(response.body!)) {
        silence.broken();
        if (error) throw failed(verb, error);
        if (answer !== undefined) return answer as Operations[Verb]['answer'];
        onProgress(progress as Operations[Verb]['progress']);
      }
      throw this.#unreachable('the answer ended before its end');
    } catch (error) {
      if (until?.aborted) return null as Operations[Verb]['answer']; // nobody waits for it any more
      throw error instanceof PomeloError ? error : this.#unreachable(reasonOf(error));
    } finally {
      silence.over();
    }
  }

  close(): void {
    this.#closed.abort(new Error('it was closed'));
  }

  async #ask(method: string, path: string, body: object | undefined, signal: AbortSignal): Promise<Response> {
    const headers = {
      authorization: `Bearer ${this.#token}`,
      accept: 'application/x-ndjson, application/json',
      ...(body && { 'content-type': 'application/json' }),
    };
    const request = {
      method,
      headers,
      signal,
      redirect: 'error',
      ...(body && { body: JSON.stringify(body) }),
    } as const;
    const response = await fetch(new URL(`api/v1/${path}`, this.#base), request).catch((error: unknown) => {
      throw this.#unreachable(reasonOf((error as Error).cause ?? error));
    });
    if (response.ok) return response;
    const text = await response.text();
    throw failed(
      path,
      parsed<Line>(text)?.error ?? {
        code: String(response.status),
        message: `it answered ${response.status}`,
      },
    );
  }

  #unreachable(reason: string): PomeloError {
    return new PomeloError('REMOTE_UNREACHABLE', { url: this.#base.href, reason });
  }
}

/** The lines of a body, as they come. */
async function* linesOf(body: NonNullable<Response['body']>): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    // what has no end of line yet is kept in one piece: a profile is a line of megabytes
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line !== '') yield JSON.parse(line) as Line;
  }
  if (rest !== '') yield JSON.parse(rest) as Line;
}

interface Told {
  readonly code: string;
  readonly message: string;
}

interface Line {
  readonly progress?: unknown;
  readonly answer?: unknown;
  readonly error?: Told;
}

/** As over a link: what was asked for, why not, and the code of that. */
function failed(verb: string, { code, message }: Told): PomeloError {
  return new PomeloError('COMMAND_FAILED', { command: verb, reason: message }, { cause: { code } });
}

/** Undefined when it is no JSON: then no admin has written it. */
function parsed<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}

/** The address that the API is below. A key that goes over a network in clear is everybody's. */
function baseOf(text: string): URL {
  const wrong = (reason: string) => new PomeloError('REMOTE_URL_INVALID', { value: text, reason });
  if (!URL.canParse(text)) throw wrong('that is no address');
  const url = new URL(text.endsWith('/') ? text : `${text}/`);
  if (url.username || url.password || url.search || url.hash)
    throw wrong(`it has more than a host, a port and a path; the key goes into ${tokenVariable}`);
  if (url.protocol === 'https:') return url;
  if (url.protocol !== 'http:') throw wrong('expected https');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === 'localhost' || isLoopback(host)) return url;
  throw wrong('without TLS the key could be read on the way: expected https');
}

function tokenOf(url: string, file: string | undefined): string {
  const token = file === undefined ? process.env[tokenVariable] : readFileSync(file, 'utf8');
  if (token?.trim()) return token.trim();
  const where = file === undefined ? `${tokenVariable} is not set` : `${file} is empty`;
  throw new PomeloError('REMOTE_KEY_MISSING', { url, where });
}

/** Ends a wait once nothing was heard for too long. */
class Silence {
  readonly #ms: number | undefined;
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number | undefined) {
    this.#ms = ms;
    this.broken();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Something was heard. */
  broken(): void {
    this.over();
    if (this.#ms === undefined) return;
    const tooLong = () => this.#abort.abort(new Error(`it has said nothing for ${this.#ms! / 1000} s`));
    this.#timer = setTimeout(tooLong, this.#ms);
  }

  over(): void {
    clearTimeout(this.#timer);
  }
}
