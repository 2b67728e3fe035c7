import { type Clock, type Logger, PomeloError } from '@pomelo-ts/common';
import type { Master, Verb } from '@pomelo-ts/master';
import { operations } from '@pomelo-ts/master/operations';
import type { WebSocket } from 'ws';
import { failureOf } from '../http/failure.js';
import { type Asking, askingOf, verbOf } from '../http/operate.js';

/** What a {@link FeedSocket} works with. */
export interface FeedSocketParts {
  readonly asking: Asking;
  /** @throws NOT_LEADING */
  master(): Master;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Requests of one socket at once. */
const mostRequests = 32;
/** Bytes that may wait for a reader before what can wait does, and before nobody can be reading any more. */
const [littleBytes, mostBytes] = [64 * 1024, 8 * 1024 * 1024];
/** How often it is looked whether what waits was read, and whether the other end is there, in ms. */
const [lookMs, pingMs] = [250, 15_000];
/** Close codes of ours: the session is over, this master does not lead. */
const [sessionOver, notLeading] = [4401, 4503];

/** One WebSocket of the feed: its other end asks for what it wants to watch, and is told. */
export class FeedSocket {
  readonly #socket: WebSocket;
  readonly #parts: FeedSocketParts;
  readonly #requests = new Map<number, AbortController>();
  /** What is said to the requests that wait until the other end has read. */
  readonly #owed = new Map<number, () => void>();
  #stop: () => void = () => {};
  #heard = true;

  constructor(socket: WebSocket, parts: FeedSocketParts) {
    this.#socket = socket;
    this.#parts = parts;
  }

  begin(): void {
    const { clock, asking } = this.#parts;
    const { over } = asking.visitor;
    const end = () => this.#socket.close(sessionOver, 'the session is over');
    over.addEventListener('abort', end, { once: true });
    const stopLook = clock.every(lookMs, () => this.#payOwed());
    const stopPing = clock.every(pingMs, () => this.#ping());
    this.#stop = () => {
      over.removeEventListener('abort', end);
      stopLook();
      stopPing();
    };
    this.#socket.on('message', (data, isBinary) => this.#take(isBinary ? '' : String(data)));
    this.#socket.on('pong', () => (this.#heard = true));
    this.#socket.on('error', () => this.#socket.terminate());
    this.#socket.on('close', () => this.#leave());
    if (over.aborted) end();
  }

  #leave(): void {
    this.#stop();
    for (const request of this.#requests.values()) request.abort();
    this.#requests.clear();
    this.#owed.clear();
  }

  #ping(): void {
    if (!this.#heard) this.#socket.terminate();
    this.#heard = false;
    this.#socket.ping();
  }

  #take(text: string): void {
    const message = readMessage(text);
    if (!message) {
      this.#socket.close(1008, 'expected {n, verb, args} or {n, cancel: true}');
      return;
    }
    const { n } = message;
    if (message.cancel) this.#requests.get(n)?.abort();
    else void this.#serve(n, message.verb, message.args);
  }

  async #serve(n: number, name: string, args: object): Promise<void> {
    const request = new AbortController();
    try {
      this.#parts.asking.visitor.count();
      if (this.#requests.has(n))
        throw new PomeloError('REQUEST_MALFORMED', {
          expected: `a number n that nothing has which is still asked for here, got ${n} again`,
        });
      if (this.#requests.size >= mostRequests) throw new PomeloError('FEED_FULL', { most: mostRequests });
      this.#requests.set(n, request);
      const verb = lookingVerb(name);
      const how = askingOf(verb, this.#parts.asking);
      const onProgress = (progress: unknown) => this.#say({ n, progress });
      const whenRead = (say: () => void) => this.#owe(n, say);
      const options = { ...how, onProgress, whenRead, gone: request.signal };
      const answer = await this.#parts.master().operate(verb, args as never, options);
      this.#say({ n, answer: answer ?? null });
    } catch (error) {
      const { error: told } = failureOf(error, this.#parts.logger);
      this.#say({ n, error: told });
      if (told.code === 'NOT_LEADING') this.#socket.close(notLeading, told.message.slice(0, 100));
    } finally {
      if (this.#requests.get(n) === request) {
        this.#requests.delete(n);
        this.#owed.delete(n);
      }
    }
  }

  #say(message: object): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    this.#socket.send(JSON.stringify(message));
    if (this.#socket.bufferedAmount > mostBytes) this.#socket.terminate();
  }

  #owe(n: number, say: () => void): void {
    if (this.#socket.bufferedAmount <= littleBytes) say();
    else this.#owed.set(n, say);
  }

  #payOwed(): void {
    if (this.#owed.size === 0 || this.#socket.bufferedAmount > littleBytes) return;
    const owed = [...this.#owed.values()];
    this.#owed.clear();
    for (const say of owed) say();
  }
}

/** A verb that changes nothing: what does goes by HTTP, where more is asked for. @throws OPERATION_UNKNOWN, FEED_LOOKS */
function lookingVerb(name: string): Verb {
  const verb = verbOf(name);
  if (operations[verb].changes) throw new PomeloError('FEED_LOOKS', { verb });
  return verb;
}

interface FeedMessage {
  readonly n: number;
  readonly verb: string;
  readonly args: object;
  readonly cancel: boolean;
}

function readMessage(text: string): FeedMessage | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { n, verb = '', args = {}, cancel = false } = value as Readonly<Record<string, unknown>>;
  if (!Number.isSafeInteger(n) || typeof verb !== 'string' || typeof cancel !== 'boolean') return undefined;
  if (typeof args !== 'object' || args === null) return undefined;
  return { n: n as number, verb, args, cancel };
}
