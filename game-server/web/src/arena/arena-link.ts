import { type Client, isFailure } from '@pomelo-ts/client';
import type {
  ArenaAnswer,
  GameContract,
  PlayersPush,
  RoundPush,
  Steering,
  TagPush,
  TickPush,
} from '../../../app/generated/client.js';

/** What a player hears of the arena. */
export interface ArenaEvents {
  /** In the arena (again), and all there is to draw. */
  entered(arena: ArenaAnswer): void;
  players(push: PlayersPush): void;
  tick(push: TickPush): void;
  tag(push: TagPush): void;
  round(push: RoundPush): void;
}

/** An arena that says nothing for so long has gone, and another one is found by entering again. */
const silenceMs = 2500;

/** The way into the arena of the room that a client is in. */
export class ArenaLink {
  readonly #client: Client<GameContract>;
  readonly #events: ArenaEvents;
  #heardAt = 0;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(client: Client<GameContract>, events: ArenaEvents) {
    this.#client = client;
    this.#events = events;
    client.on('onArenaPlayers', (push) => events.players(push));
    client.on('onArenaTag', (push) => events.tag(push));
    client.on('onArenaRound', (push) => events.round(push));
    client.on('onArenaTick', (push) => {
      this.#heardAt = performance.now();
      events.tick(push);
    });
  }

  /** Rejects with a reason that a player understands. */
  async enter(): Promise<void> {
    const arena = await this.#client.request('arena.arenaHandler.enter', {});
    if (isFailure(arena) || 'error' in arena) throw new Error(arena.message);
    this.#heardAt = performance.now();
    this.#watch ??= setInterval(() => this.#lookWhetherItLives(), 500);
    this.#events.entered(arena);
  }

  steer(steering: Steering): void {
    if (this.#client.state === 'open') this.#client.notify('arena.arenaHandler.steer', steering);
  }

  close(): void {
    clearInterval(this.#watch);
  }

  #lookWhetherItLives(): void {
    if (this.#client.state !== 'open' || performance.now() - this.#heardAt < silenceMs) return;
    this.#heardAt = performance.now();
    void this.enter().catch(() => {
      // Asked again after the next silence.
    });
  }
}
