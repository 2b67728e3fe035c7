import type { Page } from 'playwright-core';
import type { ScreenSize } from './screen.js';

/** How a character is drawn. */
interface Pen {
  readonly colour: number | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
}

const plain: Pen = { colour: undefined, bold: false, dim: false, inverse: false };

/** The first eight colours, light enough to be read on the dark ground. */
const colours = [
  '#4b5263',
  '#ff7b72',
  '#7ee787',
  '#e3b341',
  '#79c0ff',
  '#d2a8ff',
  '#56d4dd',
  '#e6edf3',
] as const;
const [ground, ink] = ['#0d1117', '#d8dee6'] as const;

/** Characters that take two columns. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303f\uff01-\uff60]/u;

/** The pen after a sequence `ESC [ … m`. */
function after(pen: Pen, codes: string): Pen {
  let now = pen;
  for (const code of codes.split(';').map(Number)) now = afterCode(now, code);
  return now;
}

function afterCode(pen: Pen, code: number): Pen {
  if (code === 0) return plain;
  if (code === 1) return { ...pen, bold: true };
  if (code === 2) return { ...pen, dim: true };
  if (code === 22) return { ...pen, bold: false, dim: false };
  if (code === 7 || code === 27) return { ...pen, inverse: code === 7 };
  if (code === 39) return { ...pen, colour: undefined };
  if (code >= 30 && code <= 37) return { ...pen, colour: code - 30 };
  return code >= 90 && code <= 97 ? { ...pen, colour: code - 90 } : pen;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Each wide character gets its two columns, whatever the font thinks. */
const cells = (text: string): string =>
  [...text].map((one) => (wide.test(one) ? `<i>${one}</i>` : (entities[one] ?? one))).join('');

function spanOf(text: string, { colour, bold, dim, inverse }: Pen): string {
  if (text === '') return '';
  const front = colour === undefined ? ink : colours[colour]!;
  const style = [
    inverse ? `color:${ground};background:${front}` : `color:${front}`,
    ...(bold ? ['font-weight:700'] : []),
    ...(dim ? ['opacity:.65'] : []),
  ];
  return `<span style="${style.join(';')}">${cells(text)}</span>`;
}

/** What a terminal shows, as HTML: lines with the sequences for colours that tmux has written down. */
export function terminalHtml(painted: string, { columns, rows }: ScreenSize): string {
  let pen = plain;
  const lines = painted.split('\n').map((line) => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what begins a sequence is one
    const parts = line.split(/\u001b\[([\d;]*)m/);
    return parts
      .map((part, n) => {
        if (n % 2 === 0) return spanOf(part, pen);
        pen = after(pen, part === '' ? '0' : part);
        return '';
      })
      .join('');
  });
  const style = `margin:0;padding:12px;width:${columns}ch;height:${rows * 18}px;font:14px/18px 'DejaVu Sans Mono','Noto Sans Mono CJK SC',monospace`;
  return `<meta charset="utf-8"><style>body{margin:0;background:${ground}}i{display:inline-block;width:2ch;font-style:normal}</style><pre style="${style}">${lines.join('\n')}</pre>`;
}

/** A picture (PNG) of what a terminal shows, drawn by a browser. */
export async function terminalPicture(page: Page, painted: string, size: ScreenSize): Promise<Buffer> {
  await page.setContent(terminalHtml(painted, size));
  return page.locator('pre').screenshot();
}
