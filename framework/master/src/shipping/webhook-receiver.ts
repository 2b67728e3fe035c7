import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { inOneLine } from '../hosts/said.js';
import type { AuditLine } from './audit-tail.js';
import type { RecordsReceiver } from './records-receiver.js';

/** What a {@link WebhookReceiver} works with. */
export interface WebhookReceiverParts {
  readonly url: URL;
  /** Sent as `Authorization: Bearer`. */
  readonly token?: string | undefined;
  /** Certificates that the receiver's is signed by, as PEM. @default those that Node knows */
  readonly ca?: string | undefined;
}

/** Most of an answer that is read, in bytes. */
const mostAnswer = 500;

/** Takes records as lines of JSON in the body of a POST, and has taken them when it answers with a status from 200 to 299. */
export class WebhookReceiver implements RecordsReceiver {
  readonly name: string;
  readonly #parts: WebhookReceiverParts;

  constructor(parts: WebhookReceiverParts) {
    this.#parts = parts;
    this.name = `webhook ${parts.url.origin}`; // the path of an address may be all that keeps others from it
  }

  async send(lines: readonly AuditLine[], signal: AbortSignal): Promise<void> {
    const body = Buffer.from(lines.map(({ text }) => `${text}\n`).join(''));
    const answer = await this.#post(body, signal);
    const { statusCode: status = 0 } = answer;
    const said = await beginningOf(answer);
    if (status < 200 || status > 299) throw new Error(`it answered ${status} ${this.#shown(said)}`.trim());
  }

  #post(body: Buffer, signal: AbortSignal): Promise<IncomingMessage> {
    const { url, token, ca } = this.#parts;
    const request = url.protocol === 'https:' ? secureRequest : plainRequest;
    const headers = {
      'content-type': 'application/x-ndjson',
      'content-length': body.length,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    return new Promise((resolve, reject) => {
      request(url, { method: 'POST', headers, signal, agent: false, ...(ca !== undefined && { ca }) })
        .once('response', resolve)
        .once('error', (error) => reject(signal.aborted ? signal.reason : error))
        .end(body);
    });
  }

  /** What it says may repeat what it was sent. */
  #shown(said: string): string {
    const { token } = this.#parts;
    return inOneLine(token ? said.replaceAll(token, '***') : said);
  }
}

/** What an answer begins with: whoever it is may answer without end. */
async function beginningOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of answer as AsyncIterable<Buffer>) {
    parts.push(part);
    bytes += part.length;
    if (bytes >= mostAnswer) break; // which ends its connection
  }
  return Buffer.concat(parts).toString('utf8', 0, mostAnswer);
}
