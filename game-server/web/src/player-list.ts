import { byId, element } from './dom.js';

/** A row of the list. */
export interface PlayerRow {
  readonly name: string;
  readonly you: boolean;
  // #region arena
  /** Missing for somebody who is in the room and not in the arena. */
  readonly playing?: { readonly color: string; readonly score: number; readonly hunts: boolean };
  // #endregion arena
}

/** Who is in the room. A click on a name talks to that player. */
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

function rowElement(row: PlayerRow): HTMLElement {
  const { name, you } = row;
  const item = element('li', you ? 'player you' : 'player');
  const button = element('button');
  button.type = 'button';
  button.dataset['name'] = name;
  button.title = you ? 'That is you' : `Talk to ${name} alone`;
  button.append(element('span', 'dot'), element('span', 'name', name));
  if (you) button.append(element('span', 'tag', 'you'));
  item.append(button);
  // #region arena
  const { playing } = row;
  if (playing?.hunts) item.classList.add('hunts');
  if (playing?.hunts) button.append(element('span', 'tag it', 'hunts'));
  if (playing) button.querySelector<HTMLElement>('.dot')!.style.background = playing.color;
  button.append(element('span', 'score', playing ? String(playing.score) : ''));
  // #endregion arena
  return item;
}
