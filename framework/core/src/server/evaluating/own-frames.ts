import { typedFile } from './typed-file.js';

const isFrame = (line: string): boolean => /^ +(at|\.\.\.) /.test(line);

/**
 * A stack without the frames by which typed code was carried out: they are the same for each error, and fill the screen of who types.
 *
 * @param text an error as Node shows it
 * @param ownFile where these frames begin when the code has not run at all: the file that compiles it
 * @example withoutOwnFrames('Error: no\n    at what-the-operator-typed.js:1:7\n    at evaluate (evaluate.js:70:23)', 'evaluate.js')
 *   // 'Error: no\n    at what-the-operator-typed.js:1:7'
 */
export function withoutOwnFrames(text: string, ownFile: string): string {
  const lines = text.split('\n');
  const begin = lines.findIndex(isFrame);
  if (begin < 0) return text;
  const more = lines.slice(begin).findIndex((line) => !isFrame(line));
  const end = more < 0 ? lines.length : begin + more;
  const frames = lines.slice(begin, end);
  const typed = frames.findLastIndex((line) => line.includes(typedFile));
  const isOwn = typed >= 0 || frames.some((line) => line.includes(ownFile));
  if (!isOwn) return text;
  const kept = [...lines.slice(0, begin), ...frames.slice(0, typed + 1)];
  // what stands behind the last frame opens the fields of the error
  const opens = typed + 1 < frames.length && frames.at(-1)!.endsWith(' {') ? ' {' : '';
  return [...kept.slice(0, -1), `${kept.at(-1)}${opens}`, ...lines.slice(end)].join('\n');
}
