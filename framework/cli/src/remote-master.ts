import { tokenVariable } from '@pomelo-ts/cluster/internal';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { isLoopback } from '@pomelo-ts/common/internal';
import type { Operations } from '@pomelo-ts/master';
import { type AnyOperation, operations } from '@pomelo-ts/master/operations';
import type { MasterClient } from './master-client.js';
import { errorIn, linesOf, promisesLife, shortText, type Told } from './remote-master/read-answer.js';
import { readKey } from './remote-master/read-key.js';
import { Silence, type Waits } from './remote-master/silence.js';

/**
 * An answer begins soon, as there is nothing that a master waits for before that, and has a sign of life in it each few seconds, however long
 * what it was asked for takes. What only looks is done soon.
 */
const usualWaits: Waits = { silentMs: 10_000, lookMs: 60_000 };

/** Where an admin is, and the key to ask it with. */
export interface RemotePlace {
  /** `https://…`; without TLS only on this machine. */
  readonly url: string;
  /** A file that holds the key; {@link tokenVariable} without one. */
  readonly tokenFile?: string | undefined;
}

/** What an admin says of whoever asks. */
export interface RemoteSession {
  readonly env: string;
  /** The role of the key, and all that may be asked for with it. */
  readonly permit?: { readonly role: string; readonly verbs: ReadonlySet<string> };
}

/** A master that is asked over the HTTP API of its admin, from a machine that has neither the game nor its secret. */
export class RemoteMaster implements MasterClient {
  readonly #base: URL;
  readonly #token: string;
  readonly #waits: Waits;
  readonly #closed = new AbortController();

  /** @throws REMOTE_URL_INVALID, REMOTE_KEY_MISSING */
  constructor({ url, tokenFile }: RemotePlace, waits: Waits = usualWaits) {
    this.#waits = waits;
    this.#base = baseOf(url);
    this.#token = readKey(url, tokenFile);
  }

  /** The environment that it is of, and what the key is for there. @throws REMOTE_UNREACHABLE, COMMAND_FAILED */
  async session(): Promise<RemoteSession> {
    const { silentMs } = this.#waits;
    const silence = new Silence({ silentMs, lookMs: silentMs }, true);
    try {
      const signal = AbortSignal.any([this.#closed.signal, silence.signal]);
      const session = sessionIn(await this.#whole(await this.#ask('GET', 'session', undefined, signal)));
      if (!session) throw this.#unreachable('whoever answers there is no admin');
      return session;
    } finally {
      silence.over();
    }
  }

  async operate<Verb extends keyof Operations & string>(
    verb: Verb,
    args: Operations[Verb]['args'],
    onProgress: (event: Operations[Verb]['progress']) => void = () => {},
    until?: AbortSignal,
  ): Promise<Operations[Verb]['answer']> {
    const { silentMs } = this.#waits;
    const waits = until ? { silentMs, lookMs: silentMs } : this.#waits; // what is watched tells something each second
    const silence = new Silence(waits, until !== undefined || looksAlone(verb));
    let own: { readonly error: unknown } | undefined; // of who hears what is told, such as a disk that is full
    const signals = [this.#closed.signal, silence.signal, ...(until ? [until] : [])];
    try {
      const response = await this.#ask('POST', `operations/${verb}`, args, AbortSignal.any(signals));
      silence.begun(promisesLife(response));
      for await (const { progress, answer, error } of linesOf(response.body, () => silence.alive())) {
        silence.told();
        if (error) throw this.#failed(verb, error);
        if (answer !== undefined) return this.#checked(verb, 'answer', answer) as Operations[Verb]['answer'];
        const event = this.#checked(verb, 'progress', progress) as Operations[Verb]['progress'];
        try {
          onProgress(event);
        } catch (error) {
          own = { error };
          throw error;
        }
      }
      throw this.#unreachable('the answer ended before its end');
    } catch (error) {
      if (until?.aborted) return null as Operations[Verb]['answer']; // nobody waits for it any more
      throw own ? own.error : error instanceof PomeloError ? error : this.#unreachable(reasonOf(error));
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
    const { status } = response;
    const told = errorIn(await this.#whole(response));
    const verb = path === 'session' ? 'sign-in' : path.replace('operations/', '');
    throw this.#failed(verb, told ?? { code: String(status), message: `it answered ${status}` });
  }

  #whole(response: Response): Promise<string> {
    return shortText(response.body).catch((error: unknown) => {
      throw this.#unreachable(reasonOf(error));
    });
  }

  /** What has come for `verb`, if it is of its shape: who answers may be anybody. A later build may tell more than this one knows. */
  #checked(verb: Verb, part: 'answer' | 'progress', value: unknown): unknown {
    const shape = (operations as Readonly<Record<string, AnyOperation>>)[verb]![part];
    const wrong = shape.safeParse(value).error?.issues.find(({ code }) => code !== 'unrecognized_keys');
    if (!wrong) return value;
    const where = wrong.path.length > 0 ? ` (${wrong.path.join('.')})` : '';
    throw this.#unreachable(`what it answers to ${verb} is none of its answers${where}`);
  }

  /** As over a link: what was asked for, why not, and the code of that. The key is not repeated, whoever says it. */
  #failed(verb: string, { code, message }: Told): PomeloError {
    const reason = message.replaceAll(this.#token, 'the key');
    return new PomeloError('COMMAND_FAILED', { command: verb, reason }, { cause: { code } });
  }

  #unreachable(reason: string): PomeloError {
    return new PomeloError('REMOTE_UNREACHABLE', { url: this.#base.href, reason });
  }
}

type Verb = keyof Operations & string;

/** Whether an operation changes nothing, and is over once it has looked. */
const looksAlone = (verb: Verb): boolean => !operations[verb].changes && !verb.endsWith('.watch');

/** What an answer tells of a session; undefined when no admin has written it. */
function sessionIn(text: string): RemoteSession | undefined {
  try {
    const { session } = JSON.parse(text) as { readonly session?: Readonly<Record<string, unknown>> };
    const { env, role, verbs } = session ?? {};
    if (typeof env !== 'string') return undefined;
    if (typeof role !== 'string' || !Array.isArray(verbs)) return { env }; // the master itself refuses what may not be
    return { env, permit: { role, verbs: new Set(verbs.map(String)) } };
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
