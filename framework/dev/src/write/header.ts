/** The first words of every file that is made from a game's types. */
export const header =
  'Written by `pomelo-ts gen` from the types of the game. Do not edit: change those, and run it again.';

/** A comment above a declaration; empty where there is nothing to say. */
export function docComment(text: string | undefined, deprecated: true | undefined, indent: string): string {
  const lines = [
    ...(text?.replaceAll('*/', '* /').split('\n') ?? []),
    ...(deprecated ? ['@deprecated'] : []),
  ];
  if (lines.length === 0) return '';
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd()).join('\n')}\n${indent} */\n`;
}
