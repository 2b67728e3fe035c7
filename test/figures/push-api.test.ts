import { connect, type Socket } from 'node:net';
import { packageType } from '@pomelo-ts/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from '../helpers/free-port.js';
import { type LookedAtGame, lookedAtGame } from '../helpers/looked-at-game.js';
import { RawClient } from '../helpers/raw-client.js';

/*
 * npm run figures: how many pushes a second one caller of the push API has carried out, over kept connections. The rate is printed, as it is
 * that of the machine, which has the caller, the master, the frontend and the clients; what is asserted is that all are delivered.
 */

const [players, connections, seconds, atOnce] = [20, 32, 10, 50];
const body = (n: number) =>
  JSON.stringify({ to: { uids: [`player-${n % players}`] }, route: 'onMail', body: { n } });

let looked: LookedAtGame;
let clients: RawClient[] = [];
let key = '';
let port = 0;

beforeAll(async () => {
  port = await freePort();
  looked = await lookedAtGame({ admin: { port } });
  const { game, clientPort } = looked;
  const made = await game.run(
    ...(['key', 'create', 'shop', '--role', 'operator', '--rate', '50000', '-e', 'production'] as const),
  );
  key = made.stdout.trim();
  clients = await Promise.all(Array.from({ length: players }, () => RawClient.join(clientPort)));
  for (const [n, client] of clients.entries())
    await client.request('connector.entryHandler.enter', { uid: `player-${n}` });
}, 60_000);
afterAll(async () => {
  await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
  await looked?.[Symbol.asyncDispose]();
});

/** A connection of the caller: it asks, reads the answer, and asks again. By hand, as `node:http` takes longer for a request than the master does. */
class Caller {
  readonly #socket: Socket;
  #text = '';
  #answered: (body: string) => void = () => {};

  constructor() {
    this.#socket = connect({ host: '127.0.0.1', port, noDelay: true }).setEncoding('latin1');
    this.#socket.on('data', (part: string) => {
      this.#text += part;
      const head = this.#text.indexOf('\r\n\r\n');
      const [, length] = /content-length: (\d+)/i.exec(this.#text) ?? [];
      if (head < 0 || length === undefined || this.#text.length < head + 4 + Number(length)) return;
      const answer = this.#text.slice(head + 4);
      this.#text = '';
      this.#answered(answer);
    });
  }

  /** Pushes once; gives to how many it was delivered. */
  async push(n: number): Promise<number> {
    return JSON.parse(await this.#ask('push', body(n))).delivered;
  }

  /** Pushes so many from `n` on in one request. */
  async pushMany(n: number, count: number): Promise<number> {
    const bodies = Array.from({ length: count }, (_, at) => body(n + at));
    const { answers } = JSON.parse(await this.#ask('pushes', `{"pushes":[${bodies.join()}]}`));
    return answers.reduce((sum: number, { delivered }: { delivered: number }) => sum + delivered, 0);
  }

  async #ask(path: string, json: string): Promise<string> {
    const head = `POST /api/v1/${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${json.length}\r\n\r\n`;
    const answer = new Promise<string>((resolve, reject) => {
      this.#answered = resolve;
      this.#socket.once('close', reject);
    });
    this.#socket.write(head + json);
    const text = await answer;
    this.#socket.removeAllListeners('close');
    return text;
  }

  end(): void {
    this.#socket.destroy();
  }
}

it.each([
  ['each by a request of its own', 1],
  [`${atOnce} in a request`, atOnce],
])(
  'one caller with kept connections, %s',
  async (how, count) => {
    const callers = Array.from({ length: connections }, () => new Caller());
    let [asked, delivered] = [0, 0];
    const alive = setInterval(() => {
      for (const client of clients) client.sendPackage(packageType.heartbeat);
    }, 1000);
    const end = performance.now() + seconds * 1000;
    const begun = performance.now();
    await Promise.all(
      callers.map(async (caller) => {
        while (performance.now() < end) {
          const n = asked;
          asked += count;
          const got = await (count === 1 ? caller.push(n) : caller.pushMany(n, count));
          delivered += got; // read after the wait: others add to it meanwhile
        }
      }),
    );
    const rate = asked / ((performance.now() - begun) / 1000);
    console.log(`pushes of one caller, each to a player who is online, ${how}: ${rate.toFixed(0)} a second`);
    expect(delivered).toBe(asked);
    clearInterval(alive);
    for (const caller of callers) caller.end();
  },
  60_000,
);
