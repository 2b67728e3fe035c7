import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Row, Summary } from '@pomelo-ts/views';

/** The head of every page that is told. */
const summary: Summary = {
  ...{ env: 'production', leader: { id: 'master', host: '10.0.0.1', term: 1 }, hosts: 3 },
  ...{ states: { ready: 500 }, builds: ['1'], online: 101_233, requests: 41_200, errors: 0, p99: 0.018 },
  ...{ pushes: 310_000, past: { online: [], requests: [], errors: [], p99: [], pushes: [] } },
  ...{ problems: [], problemCount: 0 },
};

/** A key of the shape of one. */
export const toldKey = `pt_0123456789ab_${'k'.repeat(43)}`;

/** Answers as the admin of a cluster of 500 servers whose numbers change all the time, to whoever looks. */
export class ToldAdmin implements AsyncDisposable {
  readonly #server = createServer((request, response) => this.#answer(request.url ?? '', response));
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #rowOf: (n: number, time: number) => Row;

  private constructor(rowOf: (n: number, time: number) => Row) {
    this.#rowOf = rowOf;
  }

  /** @param rowOf row `n` the `time`-th time that it is told */
  static async listen(rowOf: (n: number, time: number) => Row): Promise<ToldAdmin> {
    const admin = new ToldAdmin(rowOf);
    admin.#server.listen(0, '127.0.0.1');
    await once(admin.#server, 'listening');
    return admin;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #answer(url: string, response: ServerResponse): void {
    if (url.endsWith('/session')) {
      const session = { env: 'production', role: 'viewer', verbs: ['views.watch', 'views.read'] };
      response.end(JSON.stringify({ session }));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const rows = (time: number) => Array.from({ length: 200 }, (_, n) => this.#rowOf(n, time));
    if (url.endsWith('/views.read')) {
      const answer = { at: Date.now(), rows: rows(0), matching: 500, total: 500, silent: [], summary };
      response.end(`${JSON.stringify({ answer })}\n`);
      return;
    }
    let time = 0;
    const tell = () => {
      const set = rows(time);
      time++;
      const more = { order: set.map(({ key }) => key), matching: 500, total: 500, silent: [], summary };
      response.write(`${JSON.stringify({ progress: { at: Date.now(), set, ...more } })}\n`);
    };
    tell();
    const timer = setInterval(tell, 100);
    this.#timers.add(timer);
    response.once('close', () => clearInterval(timer));
  }
}
