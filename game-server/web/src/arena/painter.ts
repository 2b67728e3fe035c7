import { marks, type Slot } from '../../../app/contract.js';
import type { ArenaState, Tag } from './arena-state.js';
import { type View, viewOf } from './camera.js';
import type { Stick } from './controls.js';
import { drawFigure, drawName, type Figure } from './figure.js';
import { circle, drawScenery } from './scenery.js';
import type { Spot } from './timeline.js';

const trailLength = 7;
const burstMs = 600;

interface Track {
  heading: number;
  trail: { x: number; y: number }[];
  dashedAt: number;
}

/** Draws an arena on a canvas. */
export class Painter {
  readonly #canvas: HTMLCanvasElement;
  readonly #paint: CanvasRenderingContext2D;
  readonly #tracks = new Map<Slot, Track>();

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    const paint = canvas.getContext('2d');
    if (!paint) throw new Error('this browser has no canvas');
    this.#paint = paint;
  }

  /** Draws everything as of `now`; gives where it was drawn. */
  draw(state: ArenaState, stick: Stick | undefined, now: number): View {
    const ratio = this.#fit();
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const spots = state.spots(now);
    const { setting } = state;
    const eye = spots.get(state.you) ?? { x: setting.width / 2, y: setting.height / 2 };
    const view = viewOf({ width, height }, setting, eye);
    const paint = this.#paint;
    paint.setTransform(1, 0, 0, 1, 0, 0);
    paint.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    const scale = view.scale * ratio;
    paint.setTransform(
      scale,
      0,
      0,
      scale,
      (width * ratio) / 2 - view.x * scale,
      (height * ratio) / 2 - view.y * scale,
    );
    drawScenery(paint, setting);
    const figures = this.#figures(state, spots, now);
    for (const figure of figures) drawFigure(paint, figure, now);
    for (const tag of state.tags) this.#burst(tag, now);
    for (const figure of figures) drawName(paint, figure, view.scale, setting.width);
    paint.setTransform(ratio, 0, 0, ratio, 0, 0);
    if (stick) this.#stick(stick);
    return view;
  }

  /** Gives the canvas as many pixels as the screen has; tells how many there are to one of CSS. */
  #fit(): number {
    const ratio = Math.min(devicePixelRatio, 2);
    const width = Math.round(this.#canvas.clientWidth * ratio);
    const height = Math.round(this.#canvas.clientHeight * ratio);
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    return ratio;
  }

  #figures(state: ArenaState, spots: ReadonlyMap<Slot, Spot>, now: number): Figure[] {
    for (const slot of this.#tracks.keys()) if (!spots.has(slot)) this.#tracks.delete(slot);
    const figures: Figure[] = [];
    for (const [slot, spot] of spots) {
      const name = state.names.get(slot);
      if (name === undefined) continue;
      const track = this.#follow(slot, spot, now);
      const { heading, trail, dashedAt } = track;
      const isYou = slot === state.you;
      const dashReady = Math.min(1, (now - dashedAt) / state.setting.dashRestMs);
      figures.push({ slot, name, spot, radius: state.setting.radius, isYou, heading, trail, dashReady });
    }
    // Yours on top, the hunter above the rest.
    return figures.sort((a, b) => rank(a) - rank(b));
  }

  #follow(slot: Slot, spot: Spot, now: number): Track {
    let track = this.#tracks.get(slot);
    if (!track) {
      track = { heading: Math.PI / 2, trail: [], dashedAt: Number.NEGATIVE_INFINITY };
      this.#tracks.set(slot, track);
    }
    const last = track.trail[0];
    if (last && Math.hypot(spot.x - last.x, spot.y - last.y) > 1.5) {
      const aim = Math.atan2(spot.y - last.y, spot.x - last.x);
      const turn = Math.atan2(Math.sin(aim - track.heading), Math.cos(aim - track.heading));
      track.heading += turn * 0.35;
    }
    const dashing = (spot.marks & marks.dashing) !== 0;
    if (dashing && now - track.dashedAt > 1000) track.dashedAt = now;
    track.trail = [{ x: spot.x, y: spot.y }, ...track.trail.slice(0, trailLength - 1)];
    return track;
  }

  /** Rings that spread from where somebody was caught. */
  #burst(tag: Tag, now: number): void {
    const age = (now - tag.at) / burstMs;
    if (age > 1) return;
    const paint = this.#paint;
    for (const delay of [0, 0.18]) {
      const share = (age - delay) / (1 - delay);
      if (share <= 0) continue;
      circle(paint, tag.x, tag.y, 30 + 120 * share);
      paint.strokeStyle = `rgb(255 120 130 / ${Math.round(80 * (1 - share))}%)`;
      paint.lineWidth = 8 * (1 - share) + 1;
      paint.stroke();
    }
  }

  #stick({ x, y, dx, dy }: Stick): void {
    const paint = this.#paint;
    const far = Math.max(1, Math.hypot(dx, dy) / 56);
    circle(paint, x, y, 56);
    paint.fillStyle = 'rgb(255 255 255 / 6%)';
    paint.fill();
    paint.strokeStyle = 'rgb(255 255 255 / 22%)';
    paint.lineWidth = 2;
    paint.stroke();
    circle(paint, x + dx / far, y + dy / far, 24);
    paint.fillStyle = 'rgb(255 255 255 / 30%)';
    paint.fill();
  }
}

function rank({ isYou, spot }: Figure): number {
  return (isYou ? 2 : 0) + (spot.marks & marks.hunter ? 1 : 0);
}
