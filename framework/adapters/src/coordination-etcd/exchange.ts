import type { Agent, ClientRequest, IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type Clock, reasonOf } from '@pomelo-ts/common';

/** Longest answer, and longest line of a watch, in characters: etcd takes no request above 1.5 MiB unless told to. */
export const longestAnswer = 32 * 1024 * 1024;

/** What one member is asked. */
export interface Question {
  /** Such as `http://10.0.0.1:2379`. */
  readonly endpoint: string;
  /** Below `/v3/`, such as `kv/txn`. */
  readonly path: string;
  readonly body: object;
  readonly token?: string | undefined;
}

/** How a member answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

/** No answer came. `sent` tells that the member may have done what it was asked all the same. */
export class NoAnswer extends Error {
  readonly sent: boolean;

  constructor(endpoint: string, reason: string, sent: boolean) {
    super(`${endpoint}: ${reason}`);
    this.sent = sent;
  }
}

/** Begins a request; what it is about is written already. */
export function beginRequest(question: Question, agent: Agent): ClientRequest {
  const url = new URL(`/v3/${question.path}`, question.endpoint);
  const text = JSON.stringify(question.body);
  const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
    method: 'POST',
    agent,
    headers: {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
      ...(question.token !== undefined && { authorization: question.token }),
    },
  });
  request.end(text);
  return request;
}

/** Asks one member and waits for its whole answer. @throws NoAnswer */
export function ask(question: Question, agent: Agent, timeoutMs: number, clock: Clock): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = beginRequest(question, agent);
    let connected = false;
    request.once('socket', (socket) => {
      if (!socket.connecting) connected = true;
      else socket.once('connect', () => (connected = true));
    });
    const fail = (reason: string): void => {
      cancel();
      reject(new NoAnswer(question.endpoint, reason, connected));
      request.destroy();
    };
    const cancel = clock.after(timeoutMs, () => fail(`no answer within ${timeoutMs} ms`));
    request.once('response', (response) => {
      readAll(response).then(
        (text) => {
          cancel();
          resolve({ status: response.statusCode!, text });
        },
        (error: unknown) => fail(reasonOf(error)),
      );
    });
    request.on('error', (error) => fail(reasonOf(error)));
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) {
    text += chunk;
    if (text.length > longestAnswer) throw new Error('its answer has no end');
  }
  return text;
}
