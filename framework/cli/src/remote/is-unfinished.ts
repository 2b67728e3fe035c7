import { Script } from 'node:vm';

/** What V8 says of code that goes on. */
const goesOn = /^(?:Unexpected end of input|Unterminated template literal|missing \) after argument list)/;

/** Whether what was typed only makes sense with more lines: a bracket or a text with backquotes is open. */
export function isUnfinished(code: string): boolean {
  const within = `async function _() {${code}\n`; // where it may wait
  if ([code, `${within}}`].some((source) => faultIn(source) === undefined)) return false;
  return [code, within].some((source) => goesOn.test(faultIn(source) ?? ''));
}

function faultIn(code: string): string | undefined {
  try {
    new Script(code);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
