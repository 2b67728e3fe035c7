// Many players in one process: each enters a room, says something again and again, and comes back whenever it is cut off.
// A line of standard input asks for a report, which is a line of JSON.
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@pomelo-ts/client';

const { count, rooms, gates, seed } = JSON.parse(process.argv[2]);
const pauseMs = 400;
const requestTimeoutMs = 5000;

let sent = 0;
let settled = 0;
let settledTwice = 0;
let pushes = 0;
/** Times that a player who was in was cut off. */
let cuts = 0;
/** Whether players send nothing any more. */
let quiet = false;

class Player {
  name;
  room;
  /** Whether it has entered its room and its connection is open. */
  entered = false;
  /** When it was last answered, by the monotonic clock. */
  answeredAt = 0;
  lastError = 'nothing yet';
  #number;

  constructor(number) {
    this.#number = number;
    this.name = `p${number}`;
    this.room = `room${number % rooms}`;
  }

  async play() {
    for (let attempt = 0; !quiet; attempt++) {
      const gate = gates[(this.#number + attempt) % gates.length];
      try {
        await this.#visit(gate);
      } catch (error) {
        this.lastError = `${error.code ?? ''} ${error.message}`;
      }
      this.entered = false;
      await sleep(300 + ((this.#number * 7919 + seed + attempt * 104_729) % 700));
    }
  }

  async #visit(gate) {
    const uid = `${this.name}-${this.#number}`;
    const client = await connect({ gate: { ...gate, uid }, requestTimeoutMs, connectTimeoutMs: 5000 });
    try {
      client.on('onChat', () => pushes++);
      const entry = await this.#ask(client, 'connector.entryHandler.enter', {
        username: this.name,
        rid: this.room,
      });
      if (!entry.users) throw new Error(`not let in: ${JSON.stringify(entry)}`);
      this.entered = true;
      while (client.state === 'open' && !quiet) {
        const answer = await this.#ask(client, 'chat.chatHandler.send', { content: 'hello', target: '*' });
        if (answer.code === 200) this.answeredAt = performance.now();
        else this.lastError = JSON.stringify(answer);
        await sleep(pauseMs);
      }
    } finally {
      if (this.entered && !quiet) cuts++;
      this.entered = false;
      await client.close().catch(() => {});
    }
  }

  /** Each request settles, once. */
  async #ask(client, route, body) {
    let times = 0;
    sent++;
    const settle = () => {
      if (++times === 1) settled++;
      else settledTwice++;
    };
    const answer = client.request(route, body);
    answer.then(settle, settle);
    try {
      return await answer;
    } catch (error) {
      this.lastError = `${error.code ?? ''} ${error.message}`;
      if (client.state !== 'open') throw error;
      return {};
    }
  }
}

const players = Array.from({ length: count }, (_, number) => new Player(number));
for (const player of players) {
  void player.play();
  if (players.indexOf(player) % 20 === 19) await sleep(50);
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    quiet ||= line === 'quiet';
    const now = performance.now();
    const playing = players.filter(({ answeredAt }) => now - answeredAt < 3000).length;
    const byRoom = Object.fromEntries(Array.from({ length: rooms }, (_, n) => [`room${n}`, []]));
    for (const { name, room, entered } of players) if (entered) byRoom[room].push(name);
    const idle = players.find(({ answeredAt }) => now - answeredAt >= 3000);
    const report = {
      sent,
      settled,
      settledTwice,
      pushes,
      cuts,
      playing,
      byRoom,
      idle: idle && [idle.name, idle.lastError],
    };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  })
  .on('close', () => process.exit(0));
