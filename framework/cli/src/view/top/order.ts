import type { Verb } from '@pomelo-ts/master';
import { oldCommands } from '../../console/old-commands.js';
import { readCommand } from '../../console/read-command.js';
import { shown } from './named.js';
import { profileWish } from './profile-wish.js';
import { meantServers, type ScreenState } from './screen-state.js';

/** An operation as it was asked for on the screen, before it is carried out. */
export interface Order {
  readonly verb: Verb;
  readonly args: Readonly<Record<string, unknown>>;
  /** `restart chat-1, chat-2`. */
  readonly title: string;
  /** Servers that it names. */
  readonly ids: readonly string[];
  /** How many clients are connected to these, as far as the screen shows it. */
  readonly players: number;
  /** Whether it may be about more than the servers that it names: types, hosts, or all. */
  readonly isWide: boolean;
}

/** What may be asked for from here, as the master said of whoever looks. */
export interface Permitted {
  readonly role: string;
  readonly verbs: ReadonlySet<string>;
}

/** Why an operation cannot be asked for from this screen; undefined when it can. */
export function refusalOf({ readonly, permit, operations }: ScreenState, verb: string): string | undefined {
  if (readonly && operations.get(verb)?.changes) return 'nothing can be changed: --readonly';
  if (!permit || permit.verbs.has(verb)) return undefined;
  return `the role ${permit.role} may not ask for ${verb}`;
}

/** What watches goes on for as long as somebody hears it: the screen does that by keys of its own. */
const isHeardOn = (verb: string): boolean => verb.endsWith('.watch') || verb === 'users.trace';

/** All first words of what the master can be asked for from here, as the console has them. */
export function orderWords(state: ScreenState): readonly string[] {
  const verbs = [...state.operations.keys()].filter((verb) => !isHeardOn(verb) && may(state, verb));
  const short = [...Object.keys(oldCommands), 'profile'].filter((word) => {
    const verb = `servers.${word}`;
    return !state.operations.has(verb) || may(state, verb);
  });
  const code = may(state, 'code.eval') ? ['run'] : [];
  return [...new Set([...short, ...code, ...verbs])];
}

const may = (state: ScreenState, verb: string): boolean => refusalOf(state, verb) === undefined;

/** What a line asks the master for, in the words of the console. @throws Error that says what was expected */
export function orderIn(state: ScreenState, line: string): Order {
  const [word = '', ...words] = line.split(/\s+/);
  if (word === 'profile') return profileOrder(state, words);
  const { operations } = state;
  const whole = withMeant(state, line);
  const command = readCommand(whole, { operations, using: usedBy(state, word) });
  if (command.kind !== 'operation') throw new Error(`${word} is for the console: here servers are marked`);
  const { verb, args } = command;
  if (isHeardOn(verb)) throw new Error(`${verb} goes on for long: trace <uid>, logs <id> and keys show that`);
  return orderOf(state, verb, args, whole);
}

/** An operation on the servers that are meant: those that are marked, else the selected one. */
export function orderOf(
  state: ScreenState,
  verb: Verb,
  args: Readonly<Record<string, unknown>>,
  line = verb as string,
): Order {
  const ids = idsOf(args);
  const title = titleOf(verb, args, line);
  return { verb, args, title, ids, players: playersOn(state, ids), isWide: isWide(state, verb, args) };
}

/** Whether an operation is about servers of which the line does not tell how many they are. */
function isWide({ operations }: ScreenState, verb: Verb, args: Readonly<Record<string, unknown>>): boolean {
  if (verb.startsWith('cluster.') || 'types' in args || 'hosts' in args) return true;
  return (operations.get(verb)?.arguments.has('ids') ?? false) && idsOf(args).length === 0;
}

function profileOrder(state: ScreenState, words: readonly string[]): Order {
  const [id = meantServers(state)[0], ...how] = words;
  const more = how.join(' ') || '10s';
  const wish = profileWish(more);
  if (id === undefined || !wish)
    throw new Error(
      'expected a server, and how long or heap: profile chat-1 10s, profile chat-1 heap --force',
    );
  return { ...orderOf(state, 'servers.profile', { id, wish }), title: `profile ${id} (${more})` };
}

/** Code and calls are for one server. */
function usedBy(state: ScreenState, word: string): string | undefined {
  const meant = meantServers(state);
  return word === 'run' && meant.length === 1 ? meant[0] : undefined;
}

/** A command for servers that names none is about those that are meant; without any it says what it expects. */
function withMeant(state: ScreenState, line: string): string {
  const meant = meantServers(state);
  const [word = '', ...words] = line.split(/\s+/);
  const known = state.operations.get(word);
  if (known) {
    const isNamed = words.some((one) => /^(?:ids?|types|hosts)=/.test(one));
    const isMeant = known.changes && known.arguments.has('ids') && !isNamed && meant.length > 0;
    return isMeant ? `${line} ids=${meant.join(',')}` : line;
  }
  const isOfServers = state.operations.get(`servers.${word}`)?.arguments.has('ids') ?? false;
  return isOfServers && words.length === 0 ? [line, ...meant].join(' ') : line;
}

function idsOf({ ids, id }: Readonly<Record<string, unknown>>): readonly string[] {
  if (Array.isArray(ids)) return [...new Set(ids.map(String))];
  return typeof id === 'string' ? [id] : [];
}

function titleOf(verb: Verb, args: Readonly<Record<string, unknown>>, line: string): string {
  const { uid, reason } = args;
  if (verb === 'users.kick') return `kick ${uid}${reason === undefined ? '' : ` (${reason})`}`;
  const others = Object.keys(args).filter((name) => name !== 'ids');
  if (!verb.startsWith('servers.') || others.length > 0) return line;
  const ids = idsOf(args);
  return ids.length > 0 ? `${verb.slice('servers.'.length)} ${shown(ids)}` : line;
}

/** Clients on these servers, by the table that is shown. */
function playersOn({ page, query }: ScreenState, ids: readonly string[]): number {
  if (query.view !== 'servers') return 0;
  const rows = page?.rows.filter(({ key }) => ids.includes(key)) ?? [];
  return rows.reduce((sum, { cells }) => sum + Number(cells['connections'] ?? 0), 0);
}
