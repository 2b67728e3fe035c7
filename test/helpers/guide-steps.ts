import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const docs = fileURLToPath(new URL('../../docs/', import.meta.url));

/** Something that a guide has its reader do to a file of the game: write it, or change lines of it. */
export interface GuideStep {
  readonly file: string;
  /** The whole file, or lines that begin with `+`, `-` or a space. */
  readonly code: string;
  readonly isDiff: boolean;
}

/** The blocks of a page, below `docs/`, that name a file in their first line. */
export function stepsOf(page: string): GuideStep[] {
  const text = readFileSync(join(docs, page), 'utf8');
  return [...text.matchAll(/^```(ts|diff)\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)].map(([, kind, file, code]) => ({
    file: file!,
    code: code!,
    isDiff: kind === 'diff',
  }));
}

/** Does it. @throws Error when the lines to be changed are not in the file exactly once */
export function takeStep(game: string, { file, code, isDiff }: GuideStep): void {
  const path = join(game, file);
  mkdirSync(dirname(path), { recursive: true });
  if (!isDiff) {
    writeFileSync(path, code);
    return;
  }
  const side = (mark: string): string =>
    code
      .split('\n')
      .filter((line) => line[0] !== mark)
      .map((line) => line.slice(1))
      .join('\n')
      .trimEnd();
  const text = readFileSync(path, 'utf8');
  const before = side('+');
  if (text.split(before).length !== 2) throw new Error(`${file} has not exactly once:\n${before}`);
  writeFileSync(
    path,
    text.replace(before, () => side('-')),
  );
}

/** The code of a step without comments: what a translation of its page must leave as it is. */
export function bareCode({ code }: GuideStep): string {
  return code.replace(/^([+ -]?\s*)(\/\*\*.*\*\/|\/\/.*)$/gm, '$1');
}
