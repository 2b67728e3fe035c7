// #region arena
import type { Client } from '@pomelo-ts/client';
// #endregion arena
import type { ChatPush } from '../../app/contract.js';
// #region arena
import type { GameContract } from '../../app/generated/client.js';
import { ArenaGame } from './arena/arena-game.js';
// #endregion arena
import type { ChatPanel } from './chat-panel.js';
import type { PlayerList, PlayerRow } from './player-list.js';
import type { LinkStatus, RoomEvents } from './room-link.js';
import type { StatusBar } from './status-bar.js';

/** The parts of the page that outlive a stay in a room. */
export interface Panels {
  readonly chat: ChatPanel;
  readonly list: PlayerList;
  readonly bar: StatusBar;
}

/** One stay in a room, from entering to leaving it. */
export class Room implements RoomEvents {
  // #region arena
  readonly arena: ArenaGame;
  // #endregion arena
  readonly #you: string;
  readonly #panels: Panels;
  readonly #onEnded: (reason: string) => void;
  #users = new Set<string>();

  constructor(you: string, panels: Panels, onEnded: (reason: string) => void) {
    this.#you = you;
    this.#panels = panels;
    this.#onEnded = onEnded;
    // #region arena
    this.arena = new ArenaGame(panels, () => this.#rows());
    // #endregion arena
    panels.chat.start(you);
  }

  status(status: LinkStatus): void {
    this.#panels.bar.show(status);
    // #region arena
    this.arena.connected = status.kind === 'open';
    // #endregion arena
  }

  async entered(
    users: readonly string[],
    // #region arena
    client: Client<GameContract>,
    // #endregion arena
  ): Promise<void> {
    this.#users = new Set(users);
    this.#showPlayers();
    // #region arena
    await this.arena.enter(client);
    // #endregion arena
  }

  chat(push: ChatPush): void {
    this.#panels.chat.show(push);
  }

  userAdded(user: string): void {
    this.#users.add(user);
    this.#showPlayers();
    this.#panels.chat.note(`${user} has come`);
  }

  userLeft(user: string): void {
    this.#users.delete(user);
    this.#showPlayers();
    this.#panels.chat.note(`${user} has left`);
  }

  ended(reason: string): void {
    this.#onEnded(reason);
  }

  close(): void {
    this.#panels.bar.close();
    // #region arena
    this.arena.close();
    // #endregion arena
  }

  #showPlayers(): void {
    this.#panels.list.show(this.#rows());
  }

  #rows(): PlayerRow[] {
    return [...this.#users].map((name) => ({ name, you: name === this.#you }));
  }
}
