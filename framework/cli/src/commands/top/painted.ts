import { styleText } from 'node:util';
import type { Line } from '../../view/top/lines/line.js';

/** Lines with their styles as a terminal reads them. Without colours what is selected is turned round, and heads are bold. */
export function painted(lines: readonly Line[], colours: boolean): string[] {
  return lines.map((line) =>
    line
      .map(({ text, style }) =>
        style && text && (colours || style === 'inverse' || style === 'bold')
          ? styleText(style, text, { validateStream: false })
          : text,
      )
      .join(''),
  );
}
