import { describe, expect, it } from 'vitest';
import { isFree } from '../../../../test/helpers/free-port.js';
import type { BackendSession } from '../../src/session/backend-session.js';
import { poll } from '../poll.js';
import type { RunningGame } from '../running-game.js';
import { type Ends, kept, Player, startMovingGame } from './moving-game.js';

const frontends = ['connector-1', 'connector-2', 'connector-3'];

/** What a push is to one player: those who move may miss it, as it may have been on its way to where they were. */
interface Expected {
  readonly text: string;
  sure: boolean;
}

/** What the oracle knows of one player. */
interface Known {
  readonly player: Player;
  readonly uid: string | undefined;
  inRoom: boolean;
  /** Has moved since all was quiet. */
  moving: boolean;
  score: number | null;
  readonly expected: Expected[];
}

/** A plain model of who is where, beside the game that is tried. */
class Mixture {
  readonly #game: RunningGame;
  readonly #ends: Ends;
  readonly #random: () => number;
  readonly #players: Known[] = [];
  /** Ends that chat-1 must have told, by id of the session. */
  readonly #ended = new Map<string, string>();
  readonly #all: Known[] = [];
  #count = 0;

  constructor(game: RunningGame, ends: Ends, random: () => number) {
    this.#game = game;
    this.#ends = ends;
    this.#random = random;
  }

  async step(): Promise<void> {
    const known = this.#players.length > 0 ? this.#pick(this.#players) : undefined;
    const dice = this.#random();
    if (!known || dice < 0.1) await this.#join();
    else if (dice < 0.4) this.#move(known);
    else if (dice < 0.5) await this.#see(known);
    else if (dice < 0.6) await this.#setFromBackend(known);
    else if (dice < 0.75) this.#pushToRoom();
    else if (dice < 0.85) this.#pushTo(known);
    else if (dice < 0.92) await this.settle();
    else if (dice < 0.98) this.#leave(known);
    else await this.#drop();
  }

  /** Waits until all that was said has come, and looks whether all is as it must be. */
  async settle(): Promise<void> {
    const { sessions, channels } = this.#game.app('chat-1');
    for (let round = 0; round < 2; round++) {
      for (const id of frontends) await sessions.ask(id, 'sys.session.ofUid', 'nobody');
      await channels.broadcast('connector', 'onQuiet', { text: 'quiet' });
    }
    for (const known of this.#players) known.moving = false;
    await this.#check();
  }

  async #join(): Promise<void> {
    const number = ++this.#count;
    const player = new Player(this.#game, this.#pick(frontends));
    const uid = this.#random() < 0.6 ? `uid-${number}` : undefined;
    if (uid) await player.request('chat.room.bind', { uid });
    await player.request('chat.room.keep');
    const inRoom = this.#random() < 0.7;
    if (inRoom) expect(await player.request('chat.room.join')).toEqual({ added: true });
    const known = { player, uid, inRoom, moving: false, score: null, expected: [] };
    this.#players.push(known);
    this.#all.push(known);
  }

  #move(known: Known): void {
    known.moving = true;
    mayMiss(known);
    known.player.move(this.#pick(frontends.filter((id) => id !== known.player.at)));
  }

  async #see({ player, uid, score }: Known): Promise<void> {
    const seen = { id: player.id, frontend: player.at, uid: uid ?? null, score };
    expect(await player.request('chat.room.see')).toEqual(seen);
  }

  /** Sets something by the session that a handler has kept since the player came, and moves it meanwhile. */
  async #setFromBackend(known: Known): Promise<void> {
    const session = this.#keptOf(known);
    known.score = ++this.#count;
    session.set('score', known.score);
    const pushed = session.push('score');
    if (this.#random() < 0.5) this.#move(known);
    await pushed;
    expect(known.player.session.get('score')).toBe(known.score);
  }

  #pushToRoom(): void {
    const text = `room ${++this.#count}`;
    for (const known of this.#players) if (known.inRoom) known.expected.push({ text, sure: !known.moving });
    this.#game.app('chat-1').channels.get('room')?.push('onChat', { text });
  }

  /** Pushes to one player, where the session that a handler has kept says that it is. */
  #pushTo(known: Known): void {
    if (known.uid === undefined) return;
    const text = `one ${++this.#count}`;
    known.expected.push({ text, sure: !known.moving });
    const { frontendId } = this.#keptOf(known);
    this.#game.app('chat-1').channels.push('onChat', { text }, [{ uid: known.uid, frontendId }]);
  }

  #leave(known: Known): void {
    mayMiss(known);
    known.player.leave();
    this.#gone(known, 'gone');
  }

  /** A frontend goes with all that it has, and comes again as another life. */
  async #drop(): Promise<void> {
    await this.settle();
    const id = this.#pick(frontends);
    for (const known of this.#players.filter(({ player }) => player.at === id))
      this.#gone(known, 'frontend gone');
    this.#game.leave(id);
    await poll(() => this.#game.app('chat-1').registry.get(id)).toBeUndefined();
    await this.#game.servers.get(id)!.stop(0); // without any time, it may still be about to leave its port
    await poll(() => isFree(this.#game.port(id))).toBe(true);
    await this.#game.start(id);
    await poll(() => frontends.every((one) => this.#reaches(one))).toBe(true);
  }

  /** Whether all servers see the frontend as it is now. */
  #reaches(id: string): boolean {
    const own = this.#game.app(id).registry.get(id)?.bootId;
    return [...this.#game.servers.values()].every(({ app }) => {
      const entry = app.registry.get(id);
      return entry?.bootId === own && entry?.state === 'ready';
    });
  }

  #gone(known: Known, reason: string): void {
    this.#players.splice(this.#players.indexOf(known), 1);
    this.#ended.set(known.player.id, reason);
  }

  async #check(): Promise<void> {
    await poll(() => this.#ends.filter((end) => end.startsWith('chat-1 ')).toSorted()).toEqual(
      [...this.#ended].map(([id, reason]) => `chat-1 ${id} ${reason}`).toSorted(),
    );
    for (const known of this.#players) {
      const { frontendId, closed } = this.#keptOf(known);
      expect([known.player.id, frontendId, closed]).toEqual([known.player.id, known.player.at, false]);
    }
    for (const known of this.#all) checkPushes(known);
    const room = this.#game.app('chat-1').channels.get('room');
    await poll(() => room?.size ?? 0).toBe(this.#players.filter(({ inRoom }) => inRoom).length);
  }

  #keptOf({ player }: Known): BackendSession {
    return kept.get(`chat-1 ${player.id}`) as BackendSession;
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random() * list.length)]!;
  }

  /** Where the directory says that players are, and where they are. */
  async places(): Promise<[unknown, unknown]> {
    const bound = this.#players.filter(({ uid }) => uid !== undefined);
    const { sessions } = this.#game.app('chat-1');
    const told = await Promise.all(
      bound.map(async ({ uid }) =>
        (await sessions.find(uid!)).map((place) => [place.frontendId, place.sessionId]),
      ),
    );
    return [told, bound.map(({ player }) => [[player.at, player.id]])];
  }
}

/** What the player has not got yet is on its way to where it is no more. */
function mayMiss({ player, expected }: Known): void {
  for (const one of expected) if (!player.pushes.includes(one.text)) one.sure = false;
}

/** All that was sure came, and each once, and in order; nothing else did. */
function checkPushes({ player, expected }: Known): void {
  const got = player.pushes.filter((text) => text !== 'quiet');
  const left = [...expected];
  for (const text of got) {
    while (left.length > 0 && left[0]!.text !== text && !left[0]!.sure) left.shift();
    expect(left.shift()?.text).toBe(text);
  }
  expect(left.filter(({ sure }) => sure)).toEqual([]);
}

/** Numbers from 0 to 1, the same for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('any mixture of requests, pushes, moves, ends and frontends that go', () => {
  it.each([1, 2, 3, 4])(
    'loses no session and no push, and tells each end once (seed %i)',
    { timeout: 60_000 },
    async (seed) => {
      const { game, ends } = await startMovingGame(frontends);
      await using _game = game;
      const mixture = new Mixture(game, ends, seeded(seed));
      for (let step = 0; step < 300; step++) await mixture.step();
      await mixture.settle();
      await poll(async () => {
        const [told, are] = await mixture.places();
        return JSON.stringify(told) === JSON.stringify(are);
      }).toBe(true);
    },
  );
});
