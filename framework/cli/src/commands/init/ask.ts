import type { Terminal } from '../../terminal.js';

/** Asks for a line; `usual` for an empty one, and where nobody can answer. Undefined when that person gave up. */
export async function ask(terminal: Terminal, what: string, usual: string): Promise<string | undefined> {
  if (!terminal.ask) return usual;
  const answer = await terminal.ask(`${what} (${usual}): `);
  return answer === undefined ? undefined : answer.trim() || usual;
}

/** As {@link ask}, until the answer is one of the choices, whose texts are shown. */
export async function choose<Choice extends string>(
  terminal: Terminal,
  what: string,
  choices: Readonly<Record<Choice, string>>,
  usual: Choice,
): Promise<Choice | undefined> {
  const names = Object.keys(choices) as Choice[];
  const width = Math.max(...names.map((name) => name.length));
  if (terminal.ask) for (const name of names) terminal.out(`  ${name.padEnd(width)}  ${choices[name]}`);
  for (;;) {
    const answer = await ask(terminal, what, usual);
    if (answer === undefined) return undefined;
    const choice = names.find((name) => name === answer);
    if (choice) return choice;
    terminal.out(`There is no ${what} ${answer}.`);
  }
}
