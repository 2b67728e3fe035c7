import type { ArenaAnswer, Slot } from '../../app/contract.js';
import { ArenaState } from './arena/arena-state.js';
import { Controls } from './arena/controls.js';
import { Painter } from './arena/painter.js';
import type { ChatPanel } from './chat-panel.js';
import { byId } from './dom.js';
import type { GameEvents, GameLink, LinkStatus } from './game-link.js';
import type { PlayerList, PlayerRow } from './player-list.js';
import type { StatusBar } from './status-bar.js';

/** The parts of the page that outlive a game. */
export interface Panels {
  readonly chat: ChatPanel;
  readonly list: PlayerList;
  readonly bar: StatusBar;
}

/** One game, from entering a room to leaving it. */
export class Game implements GameEvents {
  arena: ArenaState | undefined;
  readonly #you: string;
  readonly #panels: Panels;
  readonly #onEnded: (reason: string) => void;
  readonly #painter: Painter;
  readonly #controls: Controls;
  #users = new Set<string>();
  #frame = 0;

  constructor(you: string, panels: Panels, link: () => GameLink, onEnded: (reason: string) => void) {
    this.#you = you;
    this.#panels = panels;
    this.#onEnded = onEnded;
    const canvas = byId('arena', HTMLCanvasElement);
    this.#painter = new Painter(canvas);
    this.#controls = new Controls(canvas, byId('dash', HTMLElement), (steering) => link().steer(steering));
    panels.chat.start(you);
  }

  status(status: LinkStatus): void {
    this.#panels.bar.showLink(status);
  }

  entered(users: readonly string[], arena: ArenaAnswer): void {
    // Only the arena was entered anew.
    if (users.length > 0) this.#users = new Set(users);
    this.arena = new ArenaState(arena, performance.now());
    this.#panels.bar.showResults(arena.round, arena.you);
    this.#controls.repeat();
    if (this.#frame === 0) this.#draw();
  }

  chat(push: Parameters<GameEvents['chat']>[0]): void {
    this.#panels.chat.show(push);
  }

  userAdded(user: string): void {
    this.#users.add(user);
    this.#panels.chat.note(`${user} has come`);
  }

  userLeft(user: string): void {
    this.#users.delete(user);
    this.#panels.chat.note(`${user} has left`);
  }

  players(push: Parameters<GameEvents['players']>[0]): void {
    this.arena?.onPlayers(push);
  }

  tick(push: Parameters<GameEvents['tick']>[0]): void {
    this.arena?.onTick(push, performance.now());
  }

  tag(push: Parameters<GameEvents['tag']>[0]): void {
    const { arena } = this;
    if (!arena) return;
    arena.onTag(push, performance.now());
    const nameOf = (slot: Slot): string =>
      slot === arena.you ? 'you' : (arena.names.get(slot) ?? 'somebody');
    this.#panels.chat.note(`${nameOf(push.by)} caught ${nameOf(push.who)}`);
  }

  round(push: Parameters<GameEvents['round']>[0]): void {
    if (!this.arena) return;
    this.arena.onRound(push, performance.now());
    this.#panels.bar.showResults(push, this.arena.you);
  }

  ended(reason: string): void {
    this.#onEnded(reason);
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#controls.close();
    this.arena = undefined;
  }

  #draw(): void {
    this.#frame = requestAnimationFrame(() => this.#draw());
    const { arena } = this;
    if (!arena) return;
    const now = performance.now();
    this.#painter.draw(arena, this.#controls.stick, now);
    this.#panels.bar.tick(arena.round, arena.endsAt, arena.hunter === arena.you, now);
    this.#panels.list.show(this.#rows(arena));
  }

  /** Players by score, then those who are in the room only. */
  #rows(arena: ArenaState): PlayerRow[] {
    const hunter = arena.hunter;
    const standings = arena.standings;
    const playing = new Set(standings.map(({ name }) => name));
    const rows = standings.map(({ slot, name, score }) => ({
      name,
      slot,
      score,
      you: name === this.#you,
      hunts: slot === hunter,
    }));
    const others = [...this.#users].filter((name) => !playing.has(name));
    return [
      ...rows,
      ...others.map((name) => ({ name, slot: 0, score: 0, you: name === this.#you, hunts: false })),
    ];
  }
}
