import { nearest } from '@pomelo-ts/common/internal';

/** All commands, as they are typed. */
export const commandNames: readonly string[] = [
  'init',
  'start',
  'run',
  'dev',
  'list',
  'stop',
  'console',
  'top',
  'profile',
  'users',
  'inspect',
  'leases',
  'trace',
  'kick',
  'rpc',
  'eval',
  'remote',
  'blacklist',
  'blacklist add',
  'blacklist remove',
  'kill',
  'restart',
  'reload',
  'drain',
  'undrain',
  'loglevel',
  'operations',
  'operations watch',
  'operations pause',
  'operations resume',
  'operations end',
  'add',
  'remove',
  'logs',
  'doctor',
  'account',
  'account add',
  'account change',
  'account remove',
  'account link',
  'key',
  'key create',
  'key revoke',
  'audit',
  'audit verify',
  'approvals',
  'approvals approve',
  'approvals refuse',
  'gen',
  'robot',
  'migrate',
  'config check',
  'config print',
  'config reload',
  'secret reload',
];

/**
 * What to tell about a call that the parser refused with `message`: it blames an unknown command on its first word as if
 * that were an argument, and counts arguments that are missing without naming them. `words` are those of the call without its
 * options, `usage` is what the command takes: `pomelo-ts trace <uid>`.
 */
export function wrongCall(message: string, words: readonly string[], usage: string): string {
  if (message.startsWith('Not enough non-option arguments')) return `Expected ${usage}`;
  const unknown = /^Unknown arguments?: (.*)$/.exec(message)?.[1];
  if (unknown === undefined) return message;
  for (let count = 1; count <= words.length; count++) {
    const said = words.slice(0, count).join(' ');
    if (commandNames.includes(said)) return showUnknown(unknown.split(', '), said); // the command is fine; something after it is not
    const known = [...new Set(commandNames.map((name) => name.split(' ').slice(0, count).join(' ')))];
    if (!known.includes(said)) return `There is no command ${said}. ${hintOf(said, known)}`;
  }
  return message;
}

/** The call that shows how to call the command that `words` begin with: `pomelo-ts trace --help`. */
export function helpFor(words: readonly string[]): string {
  const known = words
    .map((_, n) => words.slice(0, n + 1).join(' '))
    .filter((said) => commandNames.includes(said));
  return ['pomelo-ts', ...known.slice(-1), '--help'].join(' ');
}

/** Of a name with a hyphen the parser also tells the spelling without it, which nobody has typed. */
function showUnknown(names: readonly string[], said: string): string {
  if (names.includes('master'))
    return `pomelo-ts ${said} works with what is on this machine, and takes no --master: give it on a host of the cluster.`;
  const typed = new Set(names);
  for (const name of names) {
    const other = name.replace(/-+([a-z0-9])/gi, (_, letter: string) => letter.toUpperCase());
    if (other !== name) typed.delete(other);
  }
  return `Unknown argument${typed.size > 1 ? 's' : ''}: ${[...typed].join(', ')}`;
}

/** `known` are the commands of as many words as `said`: of those, the ones that begin alike. */
function hintOf(said: string, known: readonly string[]): string {
  const parent = said.slice(0, said.lastIndexOf(' ') + 1);
  const siblings = known.filter((name) => name.startsWith(parent)).map((name) => name.slice(parent.length));
  const near = nearest(said.slice(parent.length), siblings);
  return near === undefined ? `Known are ${siblings.join(', ')}.` : `Did you mean ${parent}${near}?`;
}
