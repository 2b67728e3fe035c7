import { Script } from 'node:vm';

/** What V8 says of code that goes on. */
const goesOn = /^(?:Unexpected end of input|Unterminated template literal|missing \) after argument list)/;

/** Whether what was typed only makes sense with more lines: a bracket or a text with backquotes is open. */
export function isUnfinished(code: string): boolean {
  const within = `async function _() {${code}\n`; // where it may wait
  if ([code, `${within}}`].some((source) => faultIn(source) === undefined)) return false;
  return [code, within].some((source) => goesOn.test(faultIn(source) ?? ''));
}

/** How a line begins that goes on with what is before it, as no statement begins so. */
const carriesOn = /^\s*(?:\?|[.:*%&|^=,<>)\]}]|[-+](?![-+])|(?:else|catch|finally|instanceof|in)(?![\w$]))/;

/** The word by which one leaves. */
export const isExit = (line: string): boolean => /^\s*\.exit\s*$/.test(line);

/** Whether code that may be at its end goes on with the next line, such as `.then(…)`, `else {` or `+ 1`. */
export function goesOnWith(code: string, next: string): boolean {
  if (code.trim() === '' || isExit(next) || !carriesOn.test(next)) return false;
  const both = `${code}\n${next}`;
  return isWhole(both) || isUnfinished(both);
}

const isWhole = (code: string): boolean =>
  [code, `async function _() {${code}\n}`].some((source) => faultIn(source) === undefined);

function faultIn(code: string): string | undefined {
  try {
    new Script(code);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
