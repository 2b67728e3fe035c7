import type { ChatPush } from '../../app/contract.js';
import { byId, element } from './dom.js';

/** Lines kept on the page. */
const linesKept = 200;

/** The chat: what was said, and to whom the next line goes. */
export class ChatPanel {
  readonly #messages = byId('messages', HTMLElement);
  readonly #line = byId('line', HTMLInputElement);
  readonly #targetButton = byId('target', HTMLButtonElement);
  readonly #send: (content: string, target: string) => Promise<void>;
  #you = '';
  #target = '*';

  /** `send` rejects with the reason when a line could not be said. */
  constructor(send: (content: string, target: string) => Promise<void>) {
    this.#send = send;
    byId('say', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#say();
    });
    this.#targetButton.addEventListener('click', () => this.talkTo('*'));
    this.#line.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.#line.blur();
    });
  }

  /** Begins anew, for a player of this name. */
  start(you: string): void {
    this.#you = you;
    this.#messages.replaceChildren();
    this.#line.value = '';
    this.#setTarget('*');
    this.note('Say hello to the room. A click on a name talks to that player alone.');
  }

  /** The next line is for one player, or for all with `*`. */
  talkTo(target: string): void {
    this.#setTarget(target === this.#you ? '*' : target);
    this.#line.focus();
  }

  focus(): void {
    this.#line.focus();
  }

  show({ from, msg, target }: ChatPush): void {
    const own = from === this.#you;
    const line = element('p', `line${own ? ' own' : ''}${target === '*' ? '' : ' private'}`);
    if (own) line.append(element('b', 'from', target === '*' ? 'you' : `you to ${target}`));
    else {
      const name = element('button', 'from', target === '*' ? from : `${from} to you`);
      name.type = 'button';
      name.title = `Talk to ${from} alone`;
      name.addEventListener('click', () => this.talkTo(from));
      line.append(name);
    }
    line.append(element('span', '', msg));
    this.#append(line);
  }

  /** Something that nobody said. */
  note(text: string, kind: 'note' | 'fault' = 'note'): void {
    this.#append(element('p', `line ${kind}`, text));
  }

  #append(line: HTMLElement): void {
    const box = this.#messages;
    const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
    box.append(line);
    while (box.childElementCount > linesKept) box.firstElementChild?.remove();
    if (atEnd) box.scrollTop = box.scrollHeight;
  }

  #setTarget(target: string): void {
    this.#target = target;
    this.#targetButton.hidden = target === '*';
    this.#targetButton.textContent = `to ${target} ✕`;
    this.#line.placeholder = target === '*' ? 'Say something' : `Only ${target} will read this`;
  }

  async #say(): Promise<void> {
    const content = this.#line.value.trim();
    const target = this.#target;
    // #region arena
    // Back to the game, as a line of chat is short; Enter comes back here.
    this.#line.blur();
    // #endregion arena
    if (!content) return;
    this.#line.value = '';
    try {
      await this.#send(content, target);
      // The room hears itself; what one player is told comes back to nobody.
      if (target !== '*') this.show({ from: this.#you, msg: content, target });
    } catch (error) {
      this.note(`not sent: ${(error as Error).message}`, 'fault');
      if (!this.#line.value) this.#line.value = content;
    }
  }
}
