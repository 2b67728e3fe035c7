import { fullSteer, type Steering } from '../../../app/contract.js';

const keys: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
  KeyA: [-1, 0],
  KeyD: [1, 0],
  KeyW: [0, -1],
  KeyS: [0, 1],
};

/** How far a finger is drawn for full speed, in CSS pixels. */
const reach = 56;
/** A finger that trembles stands still. */
const still = 8;

/** Where a finger went down, and how far it was drawn. */
export interface Stick {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

/** Keyboard and touch, as one direction. Calls `changed` when it is another one. */
export class Controls {
  stick: Stick | undefined;
  readonly #changed: (steering: Steering) => void;
  readonly #held = new Set<string>();
  readonly #abort = new AbortController();
  #pointer: number | undefined;
  #dashes = 0;
  #sent = '';

  constructor(stage: HTMLElement, dashButton: HTMLElement, changed: (steering: Steering) => void) {
    this.#changed = changed;
    const { signal } = this.#abort;
    addEventListener('keydown', (event) => this.#onKey(event, true), { signal });
    addEventListener('keyup', (event) => this.#onKey(event, false), { signal });
    addEventListener('blur', () => this.#letGo(), { signal });
    stage.addEventListener('pointerdown', (event) => this.#onDown(stage, event), { signal });
    stage.addEventListener('pointermove', (event) => this.#onMove(event), { signal });
    for (const type of ['pointerup', 'pointercancel'] as const) {
      stage.addEventListener(type, (event) => this.#onUp(event), { signal });
    }
    dashButton.addEventListener('pointerdown', (event) => this.#onDash(event), { signal });
  }

  /** Says again where the player wants to go, to a server that does not know. */
  repeat(): void {
    this.#sent = '';
    this.#tell();
  }

  close(): void {
    this.#abort.abort();
  }

  #onKey(event: KeyboardEvent, down: boolean): void {
    if (down && (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey))
      return;
    if (event.code === 'Space') {
      if (event.target instanceof HTMLButtonElement) return;
      if (down && !event.repeat) this.#dash();
    } else if (Object.hasOwn(keys, event.code)) {
      if (down) this.#held.add(event.code);
      else this.#held.delete(event.code);
      this.#tell();
    } else return;
    if (down) event.preventDefault();
  }

  #onDown(stage: HTMLElement, event: PointerEvent): void {
    if (this.#pointer !== undefined) return;
    this.#pointer = event.pointerId;
    stage.setPointerCapture(event.pointerId);
    const { left, top } = stage.getBoundingClientRect();
    this.stick = { x: event.clientX - left, y: event.clientY - top, dx: 0, dy: 0 };
  }

  #onMove(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer || !this.stick) return;
    const { left, top } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const { x, y } = this.stick;
    this.stick = { x, y, dx: event.clientX - left - x, dy: event.clientY - top - y };
    this.#tell();
  }

  #onUp(event: PointerEvent): void {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = undefined;
    this.stick = undefined;
    this.#tell();
  }

  #onDash(event: Event): void {
    event.preventDefault();
    this.#dash();
  }

  #letGo(): void {
    this.#held.clear();
    this.#pointer = undefined;
    this.stick = undefined;
    this.#tell();
  }

  #dash(): void {
    this.#dashes++;
    this.#tell();
  }

  #tell(): void {
    const steering = { ...this.#direction(), dash: this.#dashes };
    const text = JSON.stringify(steering);
    if (text === this.#sent) return;
    this.#sent = text;
    this.#changed(steering);
  }

  #direction(): { x: number; y: number } {
    let x = this.stick?.dx ?? 0;
    let y = this.stick?.dy ?? 0;
    if (this.stick && Math.hypot(x, y) < still) return { x: 0, y: 0 };
    for (const code of this.#held) {
      x += reach * keys[code]![0];
      y += reach * keys[code]![1];
    }
    const length = Math.max(reach, Math.hypot(x, y));
    return { x: inSteps(x / length), y: inSteps(y / length) };
  }
}

/** Twenty steps of speed are felt as smooth, and a trembling finger sends less. */
function inSteps(share: number): number {
  return Math.round(share * 20) * (fullSteer / 20);
}
