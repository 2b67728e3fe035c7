import { once } from 'node:events';
import { reasonOf } from '@pomelo-ts/common';
import { hostPort } from '@pomelo-ts/common/internal';
import {
  decodeUtf8,
  encodeMessage,
  encodePackage,
  encodeUtf8,
  handshakeCode,
  MessageView,
  messageType,
  type PackageType,
  packageType,
  readMessage,
  splitPackages,
} from '@pomelo-ts/protocol';
import { WebSocket } from '../wire/web-sockets.js';
import { type ProbeAnswer, probeRoute } from './probe-names.js';

/** How far a probe comes, in the order in which it goes. */
export const probeStages = ['word', 'connection', 'handshake', 'request', 'push'] as const;
export type ProbeStage = (typeof probeStages)[number];

/** Why a probe has failed. */
export class ProbeFailure extends Error {
  readonly stage: ProbeStage;

  constructor(stage: ProbeStage, reason: string) {
    super(reason);
    this.stage = stage;
  }
}

/** Why nothing is known of a connector: it has no place for one client more, which others tell of. */
export class NoPlace extends Error {}

/** Where a probe goes. */
export interface ProbedPlace {
  readonly host: string;
  readonly port: number;
  /** What the frontend there has given for it. */
  readonly word: string;
  /** How long it may take in all, in ms. */
  readonly timeoutMs: number;
}

/** Most bytes in a frame that a probe is sent: a handshake has all routes and message schemas of the game. */
const maxPayload = 16 * 1024 * 1024;
const requestId = 1;
/** The status of an upgrade for which there is no place; see `Places`. */
const full = 503;
/** And that for one that comes from an address of the blacklist. */
const shutOut = 403;
const keptOut = ': an address of this server is on the blacklist, or a proxy does not let it through';

/**
 * Goes the way of a player's client to a frontend: a WebSocket, the handshake, a request, and the push of a backend that it asks for. Gives the
 * backend; undefined where the cluster has none. @throws ProbeFailure, NoPlace
 */
export async function probe(place: ProbedPlace): Promise<string | undefined> {
  const client = new ProbeClient(place);
  const timer = setTimeout(() => client.fail(`nothing came within ${place.timeoutMs} ms`), place.timeoutMs);
  try {
    return await client.run();
  } finally {
    clearTimeout(timer);
    client.end();
  }
}

class ProbeClient {
  readonly #word: string;
  readonly #socket: WebSocket;
  readonly #message = new MessageView();
  #stage: ProbeStage = 'connection';
  #fail: (error: Error) => void = () => {};
  #handshaken: (body: string) => void = () => {};
  #answered: (body: string) => void = () => {};
  #pushed: () => void = () => {};
  readonly #failed = new Promise<never>((_, reject) => {
    this.#fail = reject;
  });
  readonly #handshake = new Promise<string>((resolve) => {
    this.#handshaken = resolve;
  });
  readonly #answer = new Promise<string>((resolve) => {
    this.#answered = resolve;
  });
  readonly #push = new Promise<void>((resolve) => {
    this.#pushed = resolve;
  });

  constructor({ host, port, word }: ProbedPlace) {
    this.#word = word;
    this.#failed.catch(() => {}); // whoever waits is told
    const options = { perMessageDeflate: false, maxPayload, followRedirects: false };
    this.#socket = new WebSocket(`ws://${hostPort(host, port)}/`, options);
    this.#socket.on('unexpected-response', (_request, { statusCode }) => {
      if (statusCode === full) this.#fail(new NoPlace());
      else this.fail(`it was refused with status ${statusCode}${statusCode === shutOut ? keptOut : ''}`);
    });
    this.#socket.on('error', (error) => this.fail(reasonOf(error)));
    this.#socket.on('close', (code) => this.fail(`the connection was closed with code ${code}`));
    this.#socket.on('message', (data) => this.#take(data as Buffer));
  }

  async run(): Promise<string | undefined> {
    await this.#until(once(this.#socket, 'open'));
    this.#stage = 'handshake';
    const hello = { sys: { type: 'pomelo-ts probe', version: '1', probe: this.#word } };
    this.#socket.send(encodePackage(packageType.handshake, encodeUtf8(JSON.stringify(hello))));
    const { code, message } = parsed(await this.#until(this.#handshake));
    if (code !== handshakeCode.ok) throw this.#failure(`it was refused with code ${code}: ${message}`);
    this.#socket.send(encodePackage(packageType.handshakeAck));
    this.#stage = 'request';
    const request = encodeMessage(messageType.request, requestId, probeRoute, encodeUtf8('{}'));
    this.#socket.send(encodePackage(packageType.data, request));
    const { backend, failure } = parsed(await this.#until(this.#answer)) as ProbeAnswer;
    if (failure !== undefined) throw this.#failure(`${backend} could not push: ${failure}`);
    if (backend === undefined) return undefined;
    this.#stage = 'push';
    await this.#until(this.#push);
    return backend;
  }

  fail(reason: string): void {
    this.#fail(this.#failure(reason));
  }

  end(): void {
    this.#socket.terminate();
  }

  #failure(reason: string): ProbeFailure {
    return new ProbeFailure(this.#stage, reason);
  }

  #until<T>(step: Promise<T>): Promise<T> {
    return Promise.race([step, this.#failed]);
  }

  #take(data: Buffer): void {
    try {
      splitPackages(data, maxPayload, this);
    } catch (error) {
      this.fail(reasonOf(error));
    }
  }

  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean {
    if (type === packageType.handshake) this.#handshaken(decodeUtf8(bytes, start, end));
    else if (type === packageType.kick) this.fail(`it was kicked: ${decodeUtf8(bytes, start, end)}`);
    else if (type === packageType.data) this.#onMessage(bytes, start, end);
    return true;
  }

  #onMessage(bytes: Uint8Array, start: number, end: number): void {
    const message = this.#message;
    readMessage(bytes, start, end, message);
    if (message.type === messageType.response)
      this.#answered(decodeUtf8(bytes, message.bodyStart, message.bodyEnd));
    else if (message.type === messageType.push && message.route === probeRoute) this.#pushed();
  }
}

function parsed(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
