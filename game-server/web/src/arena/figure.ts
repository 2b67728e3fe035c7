import { marks, type Slot } from '../../../app/contract.js';
import { colorOf } from './colors.js';
import { circle } from './scenery.js';
import type { Spot } from './timeline.js';

const hunterColor = '#ff4d5e';

/** All that is needed to draw one player. */
export interface Figure {
  readonly slot: Slot;
  readonly name: string;
  readonly spot: Spot;
  readonly radius: number;
  readonly isYou: boolean;
  /** Where the player looks, in radians. */
  readonly heading: number;
  /** Where the player was, latest first. */
  readonly trail: readonly { readonly x: number; readonly y: number }[];
  /** Share of the rest before the next dash that has passed; 1 when one is possible. Only known of you. */
  readonly dashReady: number;
}

/** Draws a player, in arena units. */
export function drawFigure(paint: CanvasRenderingContext2D, figure: Figure, now: number): void {
  const { slot, spot, radius } = figure;
  const { x, y } = spot;
  const hunts = (spot.marks & marks.hunter) !== 0;
  const stunned = (spot.marks & marks.stunned) !== 0;
  const color = hunts ? hunterColor : colorOf(slot);
  if (spot.marks & marks.dashing) drawTrail(paint, figure, color);
  circle(paint, x + 3, y + 7, radius);
  paint.fillStyle = 'rgb(0 0 0 / 35%)';
  paint.fill();
  if (hunts) drawGlow(paint, x, y, radius, now);
  paint.globalAlpha = stunned ? 0.55 : 1;
  circle(paint, x, y, radius);
  const skin = paint.createRadialGradient(x - radius / 3, y - radius / 2.4, radius / 8, x, y, radius);
  skin.addColorStop(0, hunts ? '#ff9aa3' : colorOf(slot, 80));
  skin.addColorStop(1, color);
  paint.fillStyle = skin;
  paint.fill();
  drawFace(paint, figure, hunts, stunned);
  paint.globalAlpha = 1;
  if (stunned) drawStars(paint, x, y, radius, now);
  if (spot.marks & marks.shielded) drawShield(paint, x, y, radius, now);
  if (figure.isYou) drawOwnRing(paint, figure);
}

/** Draws the name above a player, inside the arena; last, so that nobody stands on it. */
export function drawName(
  paint: CanvasRenderingContext2D,
  figure: Figure,
  scale: number,
  arenaWidth: number,
): void {
  const { spot, radius, isYou } = figure;
  const size = Math.max(20, 12.5 / scale);
  paint.font = `${isYou ? 700 : 600} ${size}px system-ui, sans-serif`;
  paint.textAlign = 'center';
  paint.lineJoin = 'round';
  paint.lineWidth = size / 4;
  paint.strokeStyle = 'rgb(10 13 20 / 80%)';
  const hunts = (spot.marks & marks.hunter) !== 0;
  const half = paint.measureText(figure.name).width / 2;
  const x = Math.min(Math.max(spot.x, half + 6), arenaWidth - half - 6);
  const above = spot.y - radius - 14;
  const y = above > size ? above : spot.y + radius + 14 + size * 0.8;
  paint.strokeText(figure.name, x, y);
  paint.fillStyle = hunts ? '#ff8b96' : '#e8ecf6';
  paint.fillText(figure.name, x, y);
}

function drawTrail(paint: CanvasRenderingContext2D, { trail, radius }: Figure, color: string): void {
  trail.forEach(({ x, y }, index) => {
    const left = 1 - (index + 1) / (trail.length + 1);
    paint.globalAlpha = 0.32 * left;
    circle(paint, x, y, radius * (0.55 + 0.4 * left));
    paint.fillStyle = color;
    paint.fill();
  });
  paint.globalAlpha = 1;
}

function drawGlow(paint: CanvasRenderingContext2D, x: number, y: number, radius: number, now: number): void {
  const beat = 0.5 + 0.5 * Math.sin(now / 160);
  const glow = paint.createRadialGradient(x, y, radius * 0.8, x, y, radius * (1.9 + 0.25 * beat));
  glow.addColorStop(0, `rgb(255 77 94 / ${45 + 20 * beat}%)`);
  glow.addColorStop(1, 'rgb(255 77 94 / 0%)');
  circle(paint, x, y, radius * 2.2);
  paint.fillStyle = glow;
  paint.fill();
}

function drawFace(paint: CanvasRenderingContext2D, figure: Figure, hunts: boolean, stunned: boolean): void {
  const { spot, radius, heading } = figure;
  const lookX = Math.cos(heading);
  const lookY = Math.sin(heading);
  for (const side of [-1, 1]) {
    const x = spot.x + lookX * radius * 0.34 - side * lookY * radius * 0.34;
    const y = spot.y + lookY * radius * 0.34 + side * lookX * radius * 0.34;
    circle(paint, x, y, radius * 0.23);
    paint.fillStyle = '#fff';
    paint.fill();
    circle(paint, x + lookX * radius * 0.08, y + lookY * radius * 0.08, radius * (stunned ? 0.06 : 0.12));
    paint.fillStyle = hunts ? '#7a0414' : '#10141d';
    paint.fill();
  }
}

function drawStars(paint: CanvasRenderingContext2D, x: number, y: number, radius: number, now: number): void {
  paint.fillStyle = '#ffe08a';
  for (let i = 0; i < 3; i++) {
    const angle = now / 260 + (i * 2 * Math.PI) / 3;
    circle(
      paint,
      x + Math.cos(angle) * radius * 1.05,
      y - radius * 0.55 + Math.sin(angle) * radius * 0.34,
      4.5,
    );
    paint.fill();
  }
}

function drawShield(
  paint: CanvasRenderingContext2D,
  x: number,
  y: number,
  radius: number,
  now: number,
): void {
  circle(paint, x, y, radius + 9);
  paint.strokeStyle = 'rgb(125 211 252 / 85%)';
  paint.lineWidth = 3;
  paint.setLineDash([14, 9]);
  paint.lineDashOffset = -now / 30;
  paint.stroke();
  paint.setLineDash([]);
}

/** White around your own player, as far as the next dash is ready. */
function drawOwnRing(paint: CanvasRenderingContext2D, { spot, radius, dashReady }: Figure): void {
  paint.lineWidth = 3.5;
  circle(paint, spot.x, spot.y, radius + 3);
  paint.strokeStyle = 'rgb(255 255 255 / 22%)';
  paint.stroke();
  paint.beginPath();
  paint.arc(spot.x, spot.y, radius + 3, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * dashReady);
  paint.strokeStyle = '#fff';
  paint.stroke();
}
