import type { RoundPush, Standing } from '../../../app/contract.js';
import { byId, element } from '../dom.js';
import { colorOf } from './colors.js';

const phaseNames = { waiting: 'Waiting', play: 'Round', break: 'Next round' } as const;

/** What of a round is words: the clock, what lies over the arena, the result. */
export class RoundBoard {
  readonly #phase = byId('phase', HTMLElement);
  readonly #timer = byId('timer', HTMLElement);
  readonly #notice = byId('notice', HTMLElement);
  readonly #results = byId('results', HTMLElement);

  /** Called for every frame. */
  tick(round: RoundPush, endsAt: number, now: number): void {
    const seconds = Math.max(0, Math.ceil((endsAt - now) / 1000));
    setText(this.#phase, round.phase === 'play' ? `Round ${round.round}` : phaseNames[round.phase]);
    setText(this.#timer, round.phase === 'waiting' ? '' : clock(seconds));
    this.#timer.classList.toggle('hurry', round.phase === 'play' && seconds <= 10);
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

  /** Called for every frame. */
  showNotice(round: RoundPush, connected: boolean, youHunt: boolean): void {
    let text = '';
    if (!connected) text = 'Connection lost. Coming back…';
    else if (round.phase === 'waiting')
      text = 'Waiting for a second player: open this page in another window';
    else if (youHunt) text = 'You hunt. Catch somebody!';
    setText(this.#notice, text);
    this.#notice.hidden = text === '';
    this.#notice.classList.toggle('hunt', youHunt && round.phase === 'play');
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
