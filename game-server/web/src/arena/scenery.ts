import type { ArenaAnswer } from '../../../app/contract.js';

/** Distance of the lines on the floor. */
const grid = 100;

/** Draws the floor and the pillars, in arena units. */
export function drawScenery(paint: CanvasRenderingContext2D, arena: ArenaAnswer): void {
  const { width, height } = arena;
  paint.save();
  paint.beginPath();
  paint.roundRect(0, 0, width, height, 26);
  const floor = paint.createRadialGradient(width / 2, height / 2, 80, width / 2, height / 2, width * 0.62);
  floor.addColorStop(0, '#1b2233');
  floor.addColorStop(1, '#121723');
  paint.fillStyle = floor;
  paint.fill();
  paint.save();
  paint.clip();
  drawGrid(paint, width, height);
  paint.restore();
  paint.strokeStyle = '#39445f';
  paint.lineWidth = 4;
  paint.stroke();
  for (const pillar of arena.pillars) drawPillar(paint, pillar.x, pillar.y, pillar.radius);
  paint.restore();
}

function drawGrid(paint: CanvasRenderingContext2D, width: number, height: number): void {
  paint.beginPath();
  for (let x = grid; x < width; x += grid) {
    paint.moveTo(x, 0);
    paint.lineTo(x, height);
  }
  for (let y = grid / 2; y < height; y += grid) {
    paint.moveTo(0, y);
    paint.lineTo(width, y);
  }
  paint.strokeStyle = 'rgb(148 163 199 / 7%)';
  paint.lineWidth = 2;
  paint.stroke();
  paint.beginPath();
}

function drawPillar(paint: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  circle(paint, x + 6, y + 10, radius);
  paint.fillStyle = 'rgb(0 0 0 / 32%)';
  paint.fill();
  circle(paint, x, y, radius);
  const light = paint.createRadialGradient(x - radius / 3, y - radius / 3, radius / 8, x, y, radius);
  light.addColorStop(0, '#46536f');
  light.addColorStop(1, '#2a3349');
  paint.fillStyle = light;
  paint.fill();
  paint.strokeStyle = '#56648a';
  paint.lineWidth = 3;
  paint.stroke();
  circle(paint, x, y, radius * 0.62);
  paint.strokeStyle = 'rgb(148 163 199 / 16%)';
  paint.stroke();
}

export function circle(paint: CanvasRenderingContext2D, x: number, y: number, radius: number): void {
  paint.beginPath();
  paint.arc(x, y, radius, 0, 2 * Math.PI);
}
