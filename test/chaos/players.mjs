// Many players in one process: each enters a room, says something again and again, and comes back whenever it is cut off.
// From when they are told to roam until they are told to stay, they also leave by themselves and return. A line of standard input asks for a report, which is a line of JSON.
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '@pomelo-ts/client';
import { Hearing, wordsOf } from './hearing.mjs';
import { openTapped, wire } from './tapped-socket.mjs';

const { count, rooms, gates, seed } = JSON.parse(process.argv[2]);
const pauseMs = 400;
/** Longer than a run: that a request ends is for the servers to see to, and not for this timer. */
const requestTimeoutMs = 3_600_000;

/** How far back it is looked which pushes have come, and how late one may come, in ms. */
const longestMs = 9000;
const latestMs = 3000;

const seen = {
  sent: 0,
  settled: 0,
  pushes: 0,
  /** Pushes of a room that the player is not in, and those that came twice. */
  leaks: 0,
  repeats: 0,
  /** Pushes of a channel that players are in for a time, and those that came to one who had left it. */
  asides: 0,
  late: 0,
  /** Answers that belong to another request. */
  strange: 0,
  /** Times that a player who was in was cut off. */
  cuts: 0,
};
/** Whether players send nothing any more. */
let quiet = false;
/** Whether players leave by themselves after a while, and return. */
let roaming = false;
/** What they say before they leave. */
const visitWords = 20;

class Player {
  name;
  room;
  /** Whether it has entered its room and its connection is open. */
  entered = false;
  /** When it was last answered, by the monotonic clock. */
  answeredAt = Number.NEGATIVE_INFINITY;
  lastError = 'nothing yet';
  hearing;
  /** When it has entered. */
  enteredAt = 0;
  /** What it has said last and was told to be pushed: number and time. */
  spoken = [];
  #number;
  #said = 0;

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
    const client = await connect({
      gate: { ...gate, uid },
      requestTimeoutMs,
      connectTimeoutMs: 5000,
      openSocket: openTapped,
    });
    let leaves = false;
    try {
      this.hearing = new Hearing(this.room, performance.now());
      client.on('onChat', ({ msg }) => this.#hear(msg));
      client.on('onAside', ({ to }) => {
        if (to.includes(`${this.name}*${this.room}`)) seen.asides++;
        else seen.late++;
      });
      const entry = await this.#ask(client, 'connector.entryHandler.enter', {
        username: this.name,
        rid: this.room,
      });
      if (!entry.users) throw new Error(`not let in: ${JSON.stringify(entry)}`);
      if (!entry.users.includes(this.name)) seen.strange++;
      this.seat = `${this.name}*${this.room} at ${new URL(client.url).hostname}`;
      this.entered = true;
      this.enteredAt = performance.now();
      // Not all at once.
      let words = (this.#number % visitWords) + (roaming ? visitWords : 1);
      while (client.state === 'open' && !quiet && !leaves) {
        const number = this.#said++;
        const content = wordsOf(this.room, this.name, number);
        const answer = await this.#ask(client, 'chat.chatHandler.send', { content, target: '*' });
        if (answer.users || (answer.code === 200 && answer.echo !== content)) seen.strange++;
        if (answer.code === 200) this.#pushed(number, performance.now());
        else this.lastError = JSON.stringify(answer);
        await sleep(pauseMs);
        if (roaming) leaves = --words <= 0;
      }
    } finally {
      if (this.entered && !quiet && !leaves) seen.cuts++;
      this.entered = false;
      await client.close().catch(() => {});
    }
  }

  #pushed(number, now) {
    this.answeredAt = now;
    this.spoken.push({ number, at: now });
    if (this.spoken.length > 50) this.spoken.shift();
  }

  /** What is wrong with what it has heard of the others in its room. */
  deafTo(others, now) {
    const missing = this.hearing.missing(
      others.map(({ name }) => name),
      now,
    );
    if (missing.length > 0) return `${this.name} hears nothing of ${missing}`;
    const from = Math.max(now - longestMs, this.enteredAt + latestMs);
    const missed = others.flatMap(({ name, spoken }) => {
      const numbers = spoken.filter(({ at }) => at > from && at < now - latestMs).map(({ number }) => number);
      return this.hearing.missed(name, numbers).map((number) => `${name}'s ${number}`);
    });
    return missed.length > 0 ? `${this.name} has not heard ${missed.slice(0, 5)}` : undefined;
  }

  #hear(words) {
    seen.pushes++;
    const kind = this.hearing.hear(words, performance.now());
    if (kind === 'leak') seen.leaks++;
    if (kind === 'repeat') seen.repeats++;
  }

  async #ask(client, route, body) {
    seen.sent++;
    try {
      return await client.request(route, body);
    } catch (error) {
      this.lastError = `${error.code ?? ''} ${error.message}`;
      if (client.state !== 'open') throw error;
      return {};
    } finally {
      seen.settled++;
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
    if (line === 'roam' || line === 'stay') roaming = line === 'roam';
    const now = performance.now();
    const byRoom = Object.fromEntries(Array.from({ length: rooms }, (_, n) => [`room${n}`, []]));
    for (const { name, room, entered } of players) if (entered) byRoom[room].push(name);
    const idle = players.find(({ answeredAt }) => now - answeredAt >= 3000);
    const inside = players.filter(({ entered }) => entered);
    const deaf = Object.keys(byRoom).flatMap((room) => {
      const all = inside.filter((player) => player.room === room);
      return all.map((player) => player.deafTo(all, now)).filter(Boolean);
    });
    const report = {
      ...seen,
      ...wire,
      playing: players.filter(({ answeredAt }) => now - answeredAt < 3000).length,
      byRoom,
      seats: inside.map(({ seat }) => seat),
      idle: idle && [idle.name, idle.lastError],
      deaf: deaf.slice(0, 5),
    };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  })
  .on('close', () => process.exit(0));
