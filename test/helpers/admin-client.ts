import { once } from 'node:events';
import { type Agent, request as httpRequest } from 'node:http';
import { WebSocket } from 'ws';

/** What an answer of the admin was. */
export interface AdminAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: each route answers in a shape of its own, which tests look at
  readonly body: any;
}

/** What is sent beside the body. */
export interface AskOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  /** Instead of a body of JSON. */
  readonly raw?: string | Buffer;
}

/** The password of accounts in tests. */
export const password = 'a long enough pass phrase';

/** The status of an answer, and the code of the error in it. */
export const codeOf = ({
  status,
  body,
}: AdminAnswer): readonly [status: number, code: string | undefined] => [status, body?.error?.code];

/** One browser of the admin, as far as HTTP goes: it keeps its cookie, and sends what a page of the admin sends. */
export class AdminClient {
  readonly port: number;
  cookie: string | undefined;
  key: string | undefined;
  /** Keeps connections, as programs with a pool of them do. @default a connection for each request */
  readonly #agent: Agent | false;

  constructor(port: number, agent: Agent | false = false) {
    this.port = port;
    this.#agent = agent;
  }

  /** Follows the link of a first account, or any other. */
  async setUp(link: string): Promise<AdminAnswer> {
    const token = link.split('#setup=')[1]!;
    return this.post('/api/v1/setup', { token, password });
  }

  signIn(name: string, given = password, code?: string): Promise<AdminAnswer> {
    return this.post('/api/v1/session', { name, password: given, ...(code !== undefined && { code }) });
  }

  /** A new account that has followed its link, made by this one. */
  async account(name: string, role: string): Promise<AdminClient> {
    const { body, text: refused } = await this.operate('accounts.add', { name, role });
    if (!body.answer) throw new Error(refused);
    const client = new AdminClient(this.port);
    const { status, text } = await client.setUp(`#setup=${body.answer.token}`);
    if (status !== 200) throw new Error(text);
    return client;
  }

  operate(verb: string, args: object = {}, options: AskOptions = {}): Promise<AdminAnswer> {
    return this.post(`/api/v1/operations/${verb}`, args, options);
  }

  get(path: string, options: AskOptions = {}): Promise<AdminAnswer> {
    return this.#ask('GET', path, undefined, options);
  }

  post(path: string, body: object, options: AskOptions = {}): Promise<AdminAnswer> {
    return this.#ask('POST', path, options.raw ?? JSON.stringify(body), options);
  }

  delete(path: string): Promise<AdminAnswer> {
    return this.#ask('DELETE', path, undefined, {});
  }

  #ask(
    method: string,
    path: string,
    body: string | Buffer | undefined,
    options: AskOptions,
  ): Promise<AdminAnswer> {
    const headers: Record<string, string> = {
      'x-pomelo-admin': '1',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(this.cookie !== undefined && { cookie: this.cookie }),
      ...(this.key !== undefined && { authorization: `Bearer ${this.key}` }),
      ...options.headers,
    };
    return new Promise((resolve, reject) => {
      const where = { host: '127.0.0.1', port: this.port, path, method: options.method ?? method };
      const asked = httpRequest({ ...where, headers, agent: this.#agent }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (part) => (text += part));
        response.on('end', () => {
          const [cookie] = response.headers['set-cookie'] ?? [];
          if (cookie) this.cookie = cookie.split(';')[0];
          const isJson = /json$/.test(response.headers['content-type'] ?? '') && text !== '';
          const read = isJson && !text.includes('}\n{') ? JSON.parse(text) : undefined;
          resolve({ status: response.statusCode!, headers: response.headers, text, body: read });
        });
        response.on('error', reject);
      });
      asked.on('error', reject);
      asked.end(body);
    });
  }

  /** A WebSocket of the feed. */
  async feed(): Promise<AdminFeed> {
    const { ticket } = (await this.post('/api/v1/feed-ticket', {})).body as { ticket: string };
    return AdminFeed.open(this.port, ticket);
  }
}

/** What the feed tells. */
export interface FeedMessage {
  readonly n: number;
  // biome-ignore lint/suspicious/noExplicitAny: each verb tells in a shape of its own
  readonly progress?: any;
  readonly answer?: unknown;
  readonly error?: { readonly code: string };
}

/** One WebSocket of the feed. */
export class AdminFeed implements AsyncDisposable {
  readonly socket: WebSocket;
  readonly told: FeedMessage[] = [];
  code: number | undefined;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.told.push(JSON.parse(String(data)) as FeedMessage));
    socket.on('close', (code) => (this.code = code));
  }

  /** @throws what the server answers in place of a WebSocket */
  static async open(port: number, ticket: string, headers = {}): Promise<AdminFeed> {
    const url = `ws://127.0.0.1:${port}/api/v1/feed`;
    const socket = new WebSocket(url, ['pomelo-admin', `ticket.${ticket}`], { headers });
    await once(socket, 'open');
    return new AdminFeed(socket);
  }

  send(message: object): void {
    this.socket.send(JSON.stringify(message));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.terminate();
  }
}
