import type { Verb } from '@pomelo-ts/master';
import { valueIn } from './value.js';

/** An operation with what it is asked for. */
interface Call {
  readonly verb: Verb;
  readonly args: Readonly<Record<string, unknown>>;
}

type OldCommand = (words: readonly string[], using: string | undefined) => Call;

/** What words after an option of the command line name. */
const selectors: Readonly<Record<string, 'ids' | 'types' | 'hosts'>> = {
  ...{ '-i': 'ids', '--id': 'ids', '-t': 'types', '--type': 'types', '--host': 'hosts' },
};

/** The servers that words name, or the one that is used; none means all. @throws Error for an option that there is not */
function serversIn(words: readonly string[], using: string | undefined) {
  const named: { ids?: string[]; types?: string[]; hosts?: string[] } = {};
  let as: 'ids' | 'types' | 'hosts' = 'ids';
  for (const [at, word] of words.entries()) {
    const names = word.split(',').filter((one) => one !== '');
    const isOption = word.startsWith('-');
    const next = words[at + 1];
    // an empty list would mean all servers
    if (isOption ? next === undefined || next.startsWith('-') : names.length === 0)
      throw new Error(`expected names ${isOption ? `after ${word}` : `in place of ${word}`}`);
    if (isOption) as = selectorOf(word);
    else named[as] = [...(named[as] ?? []), ...names];
  }
  return words.length === 0 && using !== undefined ? { ids: [using] } : named;
}

function selectorOf(word: string): 'ids' | 'types' | 'hosts' {
  const found = Object.hasOwn(selectors, word) ? selectors[word] : undefined;
  if (!found) throw new Error(`expected ids, -t with types or --host with hosts; got ${word}`);
  return found;
}

/** What pomelo-cli shows, as far as a master knows it. */
const shown: Readonly<Record<string, OldCommand>> = {
  servers: () => ({ verb: 'views.read', args: { view: 'servers', sort: 'id', ascending: true } }),
  connections: () => ({
    verb: 'views.read',
    args: { view: 'servers', filter: 'conn>=0', sort: 'connections' },
  }),
  logins: () => ({ verb: 'users.count', args: {} }),
  status: (_, using) => ({
    verb: 'views.read',
    args: { view: 'servers', ...(using !== undefined && { filter: `id:${using}` }) },
  }),
  config: () => ({ verb: 'config.read', args: {} }),
  handler: () => ({ verb: 'views.read', args: { view: 'routes' } }),
  proxy: () => ({ verb: 'views.read', args: { view: 'rpc' } }),
  problems: () => ({ verb: 'views.read', args: { view: 'problems' } }),
  hosts: () => ({ verb: 'views.read', args: { view: 'hosts' } }),
  crons: () => ({ verb: 'views.read', args: { view: 'crons' } }),
  leases: () => ({ verb: 'leases.list', args: {} }),
  operations: () => ({ verb: 'operations.list', args: {} }),
  settings: (_, using) => {
    if (using === undefined)
      throw new Error('expected use <id> before show settings: each server has its own');
    return { verb: 'servers.config', args: { id: using } };
  },
};

/** Words of pomelo-cli for which there is something else, and what. */
const elsewhere: Readonly<Record<string, string>> = {
  'show modules': 'help shows all operations, which are what modules were',
  'show components':
    'the reference of pomelo-ts has the parts of a server; run <code> looks at what the game has put into app',
  get: 'show settings tells the settings of the server that is used; run <code> looks at what the game has put into app',
  set: 'settings are changed in config/settings.json5, and config.apply takes them; run <code> changes what the game has put into app',
  enable: 'settings are changed in config/settings.json5, and config.apply takes them',
  disable: 'settings are changed in config/settings.json5, and config.apply takes them',
  exec: 'pomelo-ts remote <id> < file carries out a file in a server, run <code> a line',
  dump: 'pomelo-ts profile <id> --cpu 10s, or --heap, brings the file to you',
  addCron: 'crons are written into config/crons.json5, and config.apply takes them',
  removeCron: 'crons are taken out of config/crons.json5, and config.apply takes that',
};

/** What there is in place of a word of pomelo-cli; undefined for what was none. */
export const insteadOf = (word: string): string | undefined =>
  Object.hasOwn(elsewhere, word) ? elsewhere[word] : undefined;

/** What can be shown. */
export const shownNames = Object.keys(shown);

const ofServers = '[id …] [-t type …] [--host host …]: of those servers, or of the one that use has chosen';

/** What follows each word that is not an operation's name, and what it does. */
export const oldUsage: Readonly<Record<string, string>> = {
  use: 'use <id>: has what follows be about that server; use all, about all',
  show: `show ${shownNames.join('|')}: tables as pomelo-ts top has them, and the configuration`,
  start: `start ${ofServers}`,
  stop: `stop ${ofServers}; cluster.stop ends everything`,
  kill: `kill ${ofServers}, without waiting for anything`,
  restart: `restart ${ofServers}, one after the other`,
  reload: `reload ${ofServers}; without any, of all`,
  drain: `drain ${ofServers}: they get no new players`,
  undrain: `undrain ${ofServers}; without any, of all`,
  kick: 'kick <uid> [reason]: ends all sessions of a user',
  rpc: 'rpc <type.remote.method> [json …]: calls a remote, of the server that use has chosen or of any of its type',
  blacklist: 'blacklist list [network] | add <network …> | remove <network …>',
  where: 'where <uid>: the servers that a user is connected to',
  run: 'run <code>: carries out code in the server that use has chosen',
};

/**
 * Commands of pomelo-cli, by what the master does for them. Those that are not here have commands of their own: `add` and `remove` take
 * what `pomelo-ts add` does; `run` takes a line as it is.
 */
export const oldCommands: Readonly<Record<string, OldCommand>> = {
  show: ([what = '', ...words], using) => {
    const show = Object.hasOwn(shown, what) ? shown[what] : undefined;
    const instead = insteadOf(`show ${what}`);
    if (instead !== undefined) throw new Error(`there is no show ${what} here: ${instead}`);
    if (!show)
      throw new Error(`expected one of ${shownNames.join(', ')} after show; got ${what || 'nothing'}`);
    return show(words, using);
  },
  start: (words, using) => ({ verb: 'servers.start', args: oneAtLeast('start', words, using) }),
  stop: (words, using) => ({ verb: 'servers.stop', args: oneAtLeast('stop', words, using) }),
  kill: (words, using) => ({ verb: 'servers.kill', args: oneAtLeast('kill', words, using) }),
  restart: (words, using) => ({ verb: 'servers.restart', args: oneAtLeast('restart', words, using) }),
  reload: (words, using) => ({ verb: 'servers.reload', args: serversIn(words, using) }),
  drain: (words, using) => ({ verb: 'servers.drain', args: oneAtLeast('drain', words, using) }),
  undrain: (words, using) => ({ verb: 'servers.undrain', args: serversIn(words, using) }),
  kick: ([uid, ...reason]) => {
    if (uid === undefined) throw new Error('expected a uid after kick');
    return { verb: 'users.kick', args: { uid, ...(reason.length > 0 && { reason: reason.join(' ') }) } };
  },
  rpc: ([method, ...words], using) => {
    if (method === undefined) throw new Error('expected type.remote.method after rpc');
    const args = { method, args: words.map(valueIn), ...(using !== undefined && { id: using }) };
    return { verb: 'remotes.call', args };
  },
  blacklist: ([act = 'list', ...words]) => {
    if (act === 'list')
      return { verb: 'blacklist.list', args: { ...(words[0] !== undefined && { within: words[0] }) } };
    if ((act !== 'add' && act !== 'remove') || words.length === 0)
      throw new Error(`expected list, or add or remove with networks, after blacklist; got ${act}`);
    return { verb: `blacklist.${act}`, args: { networks: words } };
  },
  where: ([uid]) => {
    if (uid === undefined) throw new Error('expected a uid after where');
    return { verb: 'users.find', args: { uid } };
  },
};

/** In pomelo-cli a bare `stop` ends everything; here that has its own name, `cluster.stop`. */
function oneAtLeast(name: string, words: readonly string[], using: string | undefined) {
  const which = serversIn(words, using);
  if (Object.keys(which).length > 0) return which;
  throw new Error(`expected servers after ${name}, or use <id> before it; cluster.stop ends everything`);
}
