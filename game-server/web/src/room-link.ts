import { type Client, ClientError, connect, isFailure, type StateChange } from '@pomelo-ts/client';
import type { ChatPush, GameContract } from '../../app/generated/client.js';

/** What the page wants to hear. */
export interface RoomEvents {
  status(status: LinkStatus): void;
  /** In the room (again): who is there. When it rejects, the player is sent away for that reason. */
  entered(users: readonly string[], client: Client<GameContract>): Promise<void>;
  chat(push: ChatPush): void;
  userAdded(user: string): void;
  userLeft(user: string): void;
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

/** The way to the game: through the gate into a room, and back into it when the connection was lost. */
export class RoomLink {
  readonly #name: string;
  readonly #room: string;
  readonly #events: RoomEvents;
  #client: Client<GameContract> | undefined;
  #left = false;

  constructor(name: string, room: string, events: RoomEvents) {
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

  async leave(): Promise<void> {
    this.#left = true;
    await this.#client?.close();
  }

  #listen(client: Client<GameContract>): void {
    const events = this.#events;
    client.on('onChat', (push) => events.chat(push));
    client.on('onAdd', ({ user }) => events.userAdded(user));
    client.on('onLeave', ({ user }) => events.userLeft(user));
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
      if ('users' in answer) {
        this.#events.status({ kind: 'open', server: new URL(client.url ?? 'ws://?').host });
        return this.#events.entered(answer.users, client);
      }
      if (attempt >= attempts || answer.code === 400) throw new Error(answer.message);
      await new Promise((resolve) => setTimeout(resolve, entryPauseMs));
    }
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
