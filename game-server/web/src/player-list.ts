import type { Slot } from '../../app/contract.js';
import { colorOf } from './colors.js';
import { byId, element } from './dom.js';

/** A row of the list. */
export interface PlayerRow {
  readonly name: string;
  readonly you: boolean;
  /** 0 for somebody who is in the room and not in the arena. */
  readonly slot: Slot;
  readonly score: number;
  readonly hunts: boolean;
}

/** Who is in the room, best first. A click on a name talks to that player. */
export class PlayerList {
  readonly #list = byId('players', HTMLElement);
  #shown = '';

  constructor(talkTo: (name: string) => void) {
    this.#list.addEventListener('click', (event) => {
      const button = (event.target as HTMLElement).closest('button');
      if (button?.dataset['name']) talkTo(button.dataset['name']);
    });
  }

  show(rows: readonly PlayerRow[]): void {
    const text = JSON.stringify(rows);
    if (text === this.#shown) return;
    this.#shown = text;
    this.#list.replaceChildren(...rows.map(rowElement));
  }
}

function rowElement({ name, you, slot, score, hunts }: PlayerRow): HTMLElement {
  const item = element('li', `player${you ? ' you' : ''}${hunts ? ' hunts' : ''}`);
  const button = element('button');
  button.type = 'button';
  button.dataset['name'] = name;
  button.title = you ? 'That is you' : `Talk to ${name} alone`;
  const dot = element('span', 'dot');
  dot.style.background = slot === 0 ? '#56648a' : colorOf(slot);
  button.append(dot, element('span', 'name', name));
  if (you) button.append(element('span', 'tag', 'you'));
  if (hunts) button.append(element('span', 'tag it', 'hunts'));
  button.append(element('span', 'score', slot === 0 ? '' : String(score)));
  item.append(button);
  return item;
}
