import {
  type ArenaAnswer,
  marks,
  type PlayersPush,
  type RoundPush,
  type Slot,
  type Standing,
  type TagPush,
  type TickPush,
} from '../../../app/contract.js';
import { type Spot, Timeline } from './timeline.js';

/** How far in the past the others are shown, in ticks: two, so that one late packet is not seen. */
const delayTicks = 2;
/** One's own player is shown sooner, since one knows what it should do. */
const ownDelayTicks = 1;

/** Somebody was caught. */
export interface Tag extends TagPush {
  readonly at: number;
  readonly x: number;
  readonly y: number;
}

/** What this page knows of the arena it is in. Times are local, in ms. */
export class ArenaState {
  readonly setting: ArenaAnswer;
  readonly names = new Map<Slot, string>();
  readonly scores = new Map<Slot, number>();
  round: RoundPush;
  /** When the phase ends. */
  endsAt: number;
  /** The last tags, oldest first. */
  tags: Tag[] = [];
  /** When the last tick came. */
  heardAt: number;
  readonly #timeline: Timeline;

  constructor(setting: ArenaAnswer, now: number) {
    this.setting = setting;
    this.#timeline = new Timeline(setting.tickMs);
    this.round = setting.round;
    this.endsAt = now + setting.round.leftMs;
    this.heardAt = now;
    this.onPlayers(setting);
    this.onTick(setting.tick, now);
  }

  get you(): Slot {
    return this.setting.you;
  }

  /** Everybody's name and score, best first. */
  get standings(): Standing[] {
    return [...this.names]
      .map(([slot, name]) => ({ slot, name, score: this.scores.get(slot) ?? 0 }))
      .sort((a, b) => b.score - a.score || a.slot - b.slot);
  }

  /** Slot of the hunter; 0 when nobody hunts. */
  get hunter(): Slot {
    for (const [slot, spot] of this.#timeline.latest) if (spot.marks & marks.hunter) return slot;
    return 0;
  }

  onPlayers({ players = [] }: PlayersPush): void {
    this.names.clear();
    for (const { slot, name } of players) this.names.set(slot, name);
    for (const slot of this.scores.keys()) if (!this.names.has(slot)) this.scores.delete(slot);
    this.#timeline.keep(new Set(this.names.keys()));
  }

  onTick(push: TickPush, now: number): void {
    this.heardAt = now;
    this.#timeline.add(push, now);
    const { scores = [] } = push;
    for (let i = 0; i + 1 < scores.length; i += 2) this.scores.set(scores[i]!, scores[i + 1]!);
  }

  onRound(push: RoundPush, now: number): void {
    this.round = push;
    this.endsAt = now + push.leftMs;
    if (push.phase === 'play') for (const slot of this.scores.keys()) this.scores.set(slot, 0);
  }

  onTag(push: TagPush, now: number): void {
    const spot = this.#timeline.latest.get(push.who);
    if (spot) this.tags = [...this.tags.slice(-7), { ...push, at: now, x: spot.x, y: spot.y }];
  }

  /** Everybody as to be shown now. */
  spots(now: number): Map<Slot, Spot> {
    const { tickMs, you } = this.setting;
    const spots = this.#timeline.at(now, delayTicks * tickMs);
    const own = this.#timeline.at(now, ownDelayTicks * tickMs).get(you);
    if (own) spots.set(you, own);
    return spots;
  }
}
