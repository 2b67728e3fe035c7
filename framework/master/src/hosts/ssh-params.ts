/** What a master may be told about reaching a host, each member as OpenSSH names it. */
export interface SshChoice {
  readonly port?: number;
  readonly user?: string;
  /** Private keys, tried in this order. */
  readonly identityFiles?: readonly string[];
  /** Hosts on the way, as `user@host:port`, the first one first. */
  readonly jumps?: readonly string[];
  readonly connectTimeoutMs?: number;
  readonly knownHostsFiles?: readonly string[];
}

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
  readonly choice: SshChoice;
  readonly bad: readonly BadParam[];
} {
  const words = params.flatMap((param) => param.trim().split(/\s+/)).filter(Boolean);
  const bad: BadParam[] = [];
  let choice: SshChoice = {};
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
      else choice = merge(choice, next);
    }
  }
  return { choice, bad };
}

/** One choice over another; identity files of both are tried, those of the upper one first. */
export function merge(below: SshChoice, above: SshChoice): SshChoice {
  const identityFiles = [...(above.identityFiles ?? []), ...(below.identityFiles ?? [])];
  return {
    ...below,
    ...above,
    ...(identityFiles.length > 0 && { identityFiles: [...new Set(identityFiles)] }),
  };
}

type Read = SshChoice | { readonly expected: string };

function fromLetter(letter: string, value: string): Read {
  if (letter === 'p') return fromOption(`Port=${value}`);
  if (letter === 'l') return { user: value };
  if (letter === 'i') return { identityFiles: [value] };
  if (letter === 'J') return { jumps: value.split(',') };
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
      return { identityFiles: [value] };
    case 'proxyjump':
      return { jumps: value.split(',') };
    case 'connecttimeout': {
      const seconds = Number(value);
      return seconds > 0 ? { connectTimeoutMs: seconds * 1000 } : { expected: 'a number of seconds' };
    }
    case 'userknownhostsfile':
      return { knownHostsFiles: value.split(/\s+/) };
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
