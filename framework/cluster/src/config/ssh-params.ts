import type { SshSettings } from './hosts-schema.js';

/** A parameter that cannot be followed. */
export interface BadParam {
  readonly param: string;
  readonly expected: string;
}

const letters = new Set(['p', 'i', 'l', 'o', 'J', 'F']);

const known =
  '-p port, -l user, -i identity file, -J jump host, -o Key=Value (Port, User, IdentityFile, ProxyJump, ConnectTimeout, UserKnownHostsFile)';

/**
 * Reads `ssh_config_params` in the forms that pomelo's users write: `['-p 59622']`, `['-p', '59622']`, `['-p59622']`,
 * `['-o', 'Port=59622']`. What cannot be followed, such as switching the check of host keys off, is given back.
 */
export function readSshParams(params: readonly string[]): {
  readonly choice: SshSettings;
  readonly bad: readonly BadParam[];
} {
  const words = params.flatMap((param) => param.trim().split(/\s+/)).filter(Boolean);
  const bad: BadParam[] = [];
  let choice: SshSettings = {};
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const letter = word[1] ?? '';
    if (word[0] !== '-' || !letters.has(letter)) {
      bad.push({ param: word, expected: known });
      continue;
    }
    const value = word.length > 2 ? word.slice(2) : words[++at];
    if (value === undefined) bad.push({ param: word, expected: `a value after ${word}` });
    else {
      const next = letter === 'o' ? fromOption(value) : fromLetter(letter, value);
      if ('expected' in next) bad.push({ param: `${word.slice(0, 2)} ${value}`, expected: next.expected });
      else choice = overSsh(choice, next);
    }
  }
  return { choice, bad };
}

/** One choice over another; private keys of both are tried, those of the upper one first. */
export function overSsh(below: SshSettings, above: SshSettings): SshSettings {
  const identityFile = [...(above.identityFile ?? []), ...(below.identityFile ?? [])];
  return {
    ...below,
    ...above,
    ...(identityFile.length > 0 && { identityFile: [...new Set(identityFile)] }),
  };
}

type Read = SshSettings | { readonly expected: string };

function fromLetter(letter: string, value: string): Read {
  if (letter === 'p') return fromOption(`Port=${value}`);
  if (letter === 'l') return { user: value };
  if (letter === 'i') return { identityFile: [value] };
  if (letter === 'J') return { jump: value };
  return { expected: 'no file of its own: ~/.ssh/config is read' };
}

function fromOption(option: string): Read {
  const [, key = '', value = ''] = /^([^=\s]+)[=\s]+(.*)$/.exec(option) ?? [];
  switch (key.toLowerCase()) {
    case 'port': {
      const port = Number(value);
      if (Number.isInteger(port) && port > 0 && port < 65_536) return { port };
      return { expected: 'a port from 1 to 65535' };
    }
    case 'user':
      return { user: value };
    case 'identityfile':
      return { identityFile: [value] };
    case 'proxyjump':
      return { jump: value };
    case 'connecttimeout': {
      const seconds = Number(value);
      return seconds > 0 ? { connectTimeout: seconds * 1000 } : { expected: 'a number of seconds' };
    }
    case 'userknownhostsfile':
      return { knownHosts: value.split(/\s+/) };
    case 'stricthostkeychecking':
      if (/^(yes|ask|accept-new)$/i.test(value) && value.toLowerCase() !== 'accept-new') return {};
      return { expected: 'nothing: a host key is always checked, add it with ssh-keyscan' };
    case 'batchmode':
    case 'loglevel':
    case 'serveraliveinterval':
    case 'serveralivecountmax':
      return {}; // ours in any case
    default:
      return { expected: known };
  }
}
