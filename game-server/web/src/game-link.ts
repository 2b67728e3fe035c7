import { type Client, ClientError, connect, isFailure, type StateChange } from '@pomelo-ts/client';
import type {
  ArenaAnswer,
  ChatPush,
  GameContract,
  PlayersPush,
  RoundPush,
  Steering,
  TagPush,
  TickPush,
} from '../../app/generated/client.js';

/** What the page wants to hear. */
export interface GameEvents {
  status(status: LinkStatus): void;
  /** In the room (again): who is there, and the arena as it is. */
  entered(users: readonly string[], arena: ArenaAnswer): void;
  chat(push: ChatPush): void;
  userAdded(user: string): void;
  userLeft(user: string): void;
  players(push: PlayersPush): void;
  tick(push: TickPush): void;
  tag(push: TagPush): void;
  round(push: RoundPush): void;
  /** It is over, for `reason`. */
  ended(reason: string): void;
}

export type LinkStatus =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open'; readonly server: string }
  | { readonly kind: 'waiting'; readonly attempt: number; readonly retryAt: number };

/** The name may still be held by the connection that was lost; the server notices its end before this. */
const entryAttempts = 25;
const entryPauseMs = 1000;
/** An arena that says nothing for so long has gone, and another one is found by entering again. */
const silenceMs = 2500;

/** The way to the game: through the gate into a room and its arena, and back into them when the connection was lost. */
export class GameLink {
  readonly #name: string;
  readonly #room: string;
  readonly #events: GameEvents;
  #client: Client<GameContract> | undefined;
  #heardAt = 0;
  #watch: ReturnType<typeof setInterval> | undefined;
  #left = false;

  constructor(name: string, room: string, events: GameEvents) {
    this.#name = name;
    this.#room = room;
    this.#events = events;
  }

  /** Enters for the first time. Rejects with a reason that a player understands. */
  async join(): Promise<void> {
    this.#events.status({ kind: 'connecting' });
    const secure = location.protocol === 'https:';
    this.#client = await connect<GameContract>({
      gate: { url: `${secure ? 'wss' : 'ws'}://${location.host}`, uid: `${this.#name}*${this.#room}` },
      reconnect: { attempts: 30, minMs: 500, maxMs: 5000 },
      protoCache: localStorage,
    }).catch((error: unknown) => {
      throw new Error(explain(error));
    });
    this.#listen(this.#client);
    try {
      await this.#enter(this.#client, 1);
    } catch (error) {
      await this.leave();
      throw error;
    }
    this.#watch = setInterval(() => this.#watchArena(), 500);
  }

  async say(content: string, target: string): Promise<void> {
    if (!this.#client) throw new Error('not connected');
    const answer = await this.#client
      .request('chat.chatHandler.send', { content, target })
      .catch((error: unknown) => {
        throw new Error(explain(error));
      });
    if (isFailure(answer) || 'error' in answer) throw new Error(answer.message);
  }

  steer(steering: Steering): void {
    if (this.#client?.state === 'open') this.#client.notify('arena.arenaHandler.steer', steering);
  }

  async leave(): Promise<void> {
    this.#left = true;
    clearInterval(this.#watch);
    await this.#client?.close();
  }

  #listen(client: Client<GameContract>): void {
    const events = this.#events;
    client.on('onChat', (push) => events.chat(push));
    client.on('onAdd', ({ user }) => events.userAdded(user));
    client.on('onLeave', ({ user }) => events.userLeft(user));
    client.on('onArenaPlayers', (push) => events.players(push));
    client.on('onArenaTag', (push) => events.tag(push));
    client.on('onArenaRound', (push) => events.round(push));
    client.on('onArenaTick', (push) => {
      this.#heardAt = performance.now();
      events.tick(push);
    });
    client.onState((change) => void this.#onState(client, change));
  }

  async #onState(
    client: Client<GameContract>,
    { state, error, attempt = 0, delayMs = 0 }: StateChange,
  ): Promise<void> {
    if (this.#left) return;
    if (state === 'reconnecting') {
      this.#events.status({ kind: 'waiting', attempt, retryAt: performance.now() + delayMs });
    } else if (state === 'closed') {
      this.#end(explain(error));
    } else if (state === 'open') {
      await this.#enter(client, entryAttempts).catch((reason: unknown) => {
        if (client.state === 'open') this.#end(explain(reason));
      });
    }
  }

  async #enter(client: Client<GameContract>, attempts: number): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const answer = await client.request('connector.entryHandler.enter', {
        username: this.#name,
        rid: this.#room,
      });
      if ('users' in answer) return this.#enterArena(client, answer.users);
      if (attempt >= attempts || answer.code === 400) throw new Error(answer.message);
      await new Promise((resolve) => setTimeout(resolve, entryPauseMs));
    }
  }

  async #enterArena(client: Client<GameContract>, users: readonly string[]): Promise<void> {
    const arena = await client.request('arena.arenaHandler.enter', {});
    if (isFailure(arena) || 'error' in arena) throw new Error(arena.message);
    this.#heardAt = performance.now();
    this.#events.status({ kind: 'open', server: new URL(client.url ?? 'ws://?').host });
    this.#events.entered(users, arena);
  }

  #watchArena(): void {
    const client = this.#client;
    if (client?.state !== 'open' || performance.now() - this.#heardAt < silenceMs) return;
    this.#heardAt = performance.now();
    void this.#enterArena(client, []).catch(() => {
      // Asked again after the next silence.
    });
  }

  #end(reason: string): void {
    void this.leave();
    this.#events.ended(reason);
  }
}

/** A reason in words for players. */
function explain(error: unknown): string {
  if (!(error instanceof ClientError)) return error instanceof Error ? error.message : String(error);
  if (error.code === 'KICKED') return `the server ended the game: ${error.facts['reason']}`;
  if (error.code === 'GATE_REFUSED') return 'no server has room for you now; try again in a moment';
  if (error.code === 'TIMEOUT') return 'the server did not answer';
  return 'the server cannot be reached';
}
