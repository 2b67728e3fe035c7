import type { RoundPush, Standing } from '../../app/contract.js';
import { colorOf } from './colors.js';
import { byId, element } from './dom.js';
import type { LinkStatus } from './game-link.js';

const phaseNames = { waiting: 'Waiting', play: 'Round', break: 'Next round' } as const;

/** The connection, the clock, what lies over the arena. */
export class StatusBar {
  readonly #status = byId('status', HTMLElement);
  readonly #phase = byId('phase', HTMLElement);
  readonly #timer = byId('timer', HTMLElement);
  readonly #notice = byId('notice', HTMLElement);
  readonly #results = byId('results', HTMLElement);
  #link: LinkStatus = { kind: 'connecting' };

  showLink(link: LinkStatus): void {
    this.#link = link;
    this.#status.className = `status ${link.kind}`;
    this.#status.title = link.kind === 'open' ? `Connected to ${link.server}` : '';
    this.#showLinkText(performance.now());
  }

  /** Called for every frame. */
  tick(round: RoundPush, endsAt: number, youHunt: boolean, now: number): void {
    if (this.#link.kind === 'waiting') this.#showLinkText(now);
    const seconds = Math.max(0, Math.ceil((endsAt - now) / 1000));
    setText(this.#phase, round.phase === 'play' ? `Round ${round.round}` : phaseNames[round.phase]);
    setText(this.#timer, round.phase === 'waiting' ? '' : clock(seconds));
    this.#timer.classList.toggle('hurry', round.phase === 'play' && seconds <= 10);
    this.#showNotice(round, youHunt);
  }

  /** The result of a round, or nothing. */
  showResults(round: RoundPush, yourSlot: number): void {
    const { standings } = round;
    this.#results.hidden = !standings?.length;
    if (!standings?.length) return;
    const list = element('ol');
    list.append(...standings.slice(0, 8).map((standing) => standingRow(standing, yourSlot)));
    this.#results.replaceChildren(element('h2', '', titleOf(standings, yourSlot)), list);
  }

  #showNotice(round: RoundPush, youHunt: boolean): void {
    let text = '';
    if (this.#link.kind !== 'open') text = 'Connection lost. Coming back…';
    else if (round.phase === 'waiting')
      text = 'Waiting for a second player: open this page in another window';
    else if (youHunt) text = 'You hunt. Catch somebody!';
    setText(this.#notice, text);
    this.#notice.hidden = text === '';
    this.#notice.classList.toggle('hunt', youHunt && round.phase === 'play');
  }

  #showLinkText(now: number): void {
    const link = this.#link;
    if (link.kind === 'open') setText(this.#status, 'connected');
    else if (link.kind === 'connecting') setText(this.#status, 'connecting…');
    else {
      const seconds = Math.max(0, (link.retryAt - now) / 1000).toFixed(1);
      setText(this.#status, `reconnecting in ${seconds} s (attempt ${link.attempt})`);
    }
  }
}

function titleOf(standings: readonly Standing[], yourSlot: number): string {
  const winners = standings.filter(({ score }) => score === standings[0]?.score);
  const youWin = winners.some(({ slot }) => slot === yourSlot);
  if (winners.length === 1) return youWin ? 'You win the round!' : `${winners[0]!.name} wins the round`;
  return youWin ? 'You share the win!' : `${winners.length} players share the win`;
}

function standingRow({ name, score, slot }: Standing, yourSlot: number): HTMLElement {
  const row = element('li', slot === yourSlot ? 'you' : '');
  const dot = element('span', 'dot');
  dot.style.background = colorOf(slot);
  row.append(dot, element('span', 'name', name), element('span', 'score', String(score)));
  return row;
}

function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Leaves the page alone when nothing is new. */
function setText(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
