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

const [players, connections, seconds] = [20, 32, 10];
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
    const json = body(n);
    const head = `POST /api/v1/push HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\ncontent-length: ${json.length}\r\n\r\n`;
    const answer = new Promise<string>((resolve, reject) => {
      this.#answered = resolve;
      this.#socket.once('close', reject);
    });
    this.#socket.write(head + json);
    const text = await answer;
    const { delivered } = JSON.parse(text);
    if (delivered !== 1) throw new Error(text);
    this.#socket.removeAllListeners('close');
    return delivered;
  }

  end(): void {
    this.#socket.destroy();
  }
}

it('one caller with kept connections', async () => {
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
        const got = await caller.push(asked++);
        delivered += got;
      }
    }),
  );
  const rate = asked / ((performance.now() - begun) / 1000);
  console.log(`pushes of one caller, each to a player who is online: ${rate.toFixed(0)} a second`);
  expect(delivered).toBe(asked);
  clearInterval(alive);
  for (const caller of callers) caller.end();
}, 60_000);
