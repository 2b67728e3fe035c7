import type { ErrorData } from '@pomelo-ts/common';
import { longestBuildId } from '../build-id.js';
import type { Message } from '../link/channel.js';
import type { ServerMessage, ServerStats } from '../link/messages.js';
import { type Listening, mostAcceptors, type ServerState, serverStates } from '../registry/entry.js';
import { maxUnreached, type Reach, type ServerStatsAndReach } from '../registry/reach.js';

/*
 * What a server says is read field by field: its process may have been taken over, and what it says of itself is shown to operators
 * and told to all others. It says where it listens, and never who it is: that is the topology's word and its key's.
 */

/** Longest word, such as a command, and longest text of an error, in characters. */
const longestWord = 200;
const longestReason = 8000;

/** Why a message makes no sense. */
class Nonsense extends Error {}

/**
 * The message of a server with what a server may say, and nothing else.
 *
 * @throws what `invalid` makes of the reason
 */
export function readServerMessage(
  message: Message,
  invalid: (reason: string) => Error,
): ServerMessage & { readonly stats?: ServerStatsAndReach } {
  const read = Object.hasOwn(readers, message.t) ? readers[message.t as ServerMessage['t']] : undefined;
  if (!read) throw invalid(`${message.t} is no message of a server`);
  try {
    return read(message) as ServerMessage;
  } catch (error) {
    throw error instanceof Nonsense ? invalid(`${message.t}: ${error.message}`) : error;
  }
}

const readers: {
  readonly [T in ServerMessage['t']]: (message: Message) => Extract<ServerMessage, { t: T }>;
} = {
  join: ({ pid, buildId, state, listening, admitted, external }) => ({
    t: 'join',
    pid: whole('pid', pid, 2 ** 31),
    buildId: buildIdOf(buildId),
    state: stateOf(state),
    listening: listeningOf(listening),
    admitted: admitted === true,
    external: external === true,
  }),
  report: ({ state, listening, error }) => ({
    t: 'report',
    state: stateOf(state),
    ...(listening !== undefined && { listening: listeningOf(listening) }),
    ...(error !== undefined && { error: errorOf(error) }),
  }),
  stats: ({ stats, measures }) => ({
    t: 'stats',
    stats: statsOf(stats),
    ...(measures !== undefined && { measures: objectOf('measures', measures) }), // a DeltaReader looks into it
  }),
  answer: ({ n, result, error }) => ({
    t: 'answer',
    n: whole('n', n),
    result,
    ...(error !== undefined && { error: errorOf(error) }),
  }),
  ask: ({ n, command, args }) => ({
    t: 'ask',
    n: whole('n', n),
    command: word('command', command),
    args: objectOf('args', args ?? {}),
  }),
  resync: () => ({ t: 'resync' }),
  ping: () => ({ t: 'ping' }),
  beat: () => ({ t: 'beat' }),
  bye: () => ({ t: 'bye' }),
};

/** Ports alone: the host is that of the topology, or else a server could have others dial anywhere. */
function listeningOf(value: unknown): Listening {
  const { port, clientPort, acceptorPorts } = objectOf('listening', value ?? {});
  return {
    ...(port !== undefined && { port: portOf('port', port) }),
    ...(clientPort !== undefined && { clientPort: portOf('clientPort', clientPort) }),
    ...(acceptorPorts !== undefined && { acceptorPorts: portsOf('acceptorPorts', acceptorPorts) }),
  };
}

function statsOf(value: unknown): ServerStatsAndReach {
  const { connections, rssBytes, cpu, uptime, reach } = objectOf('stats', value);
  const stats: ServerStats = {
    connections: whole('connections', connections),
    rssBytes: amount('rssBytes', rssBytes),
    cpu: amount('cpu', cpu),
    uptime: amount('uptime', uptime),
  };
  return reach === undefined ? stats : { ...stats, reach: reachOf(reach) };
}

function reachOf(value: unknown): Reach {
  const { unreached, cutFrom } = objectOf('reach', value);
  return { unreached: wordsOf('unreached', unreached), cutFrom: wordsOf('cutFrom', cutFrom) };
}

function errorOf(value: unknown): ErrorData {
  const { code, message } = objectOf('error', value);
  if (typeof message !== 'string') throw new Nonsense('its error has no message');
  return { code: word('code', code), message: message.slice(0, longestReason) };
}

/** A game need not have a version: it may be empty. */
function buildIdOf(value: unknown): string {
  if (typeof value === 'string' && value.length <= longestBuildId) return value;
  throw new Nonsense(`its buildId is no text of at most ${longestBuildId} characters`);
}

function stateOf(value: unknown): ServerState {
  const state = serverStates.find((one) => one === value);
  if (state === undefined) throw new Nonsense('its state is none');
  return state;
}

function objectOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new Nonsense(`its ${name} is no object`);
}

function wordsOf(name: string, value: unknown): readonly string[] {
  if (!Array.isArray(value)) throw new Nonsense(`its ${name} is no list`);
  return value.slice(0, maxUnreached).map((one) => word(name, one));
}

function word(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '' && value.length <= longestWord) return value;
  throw new Nonsense(`its ${name} is no word`);
}

function whole(name: string, value: unknown, most = Number.MAX_SAFE_INTEGER): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return value as number;
  throw new Nonsense(`its ${name} is no count`);
}

function amount(name: string, value: unknown): number {
  if (Number.isFinite(value) && (value as number) >= 0) return value as number;
  throw new Nonsense(`its ${name} is no amount`);
}

function portsOf(name: string, value: unknown): readonly number[] {
  if (!Array.isArray(value)) throw new Nonsense(`its ${name} is no list`);
  return value.slice(0, mostAcceptors).map((one) => portOf(name, one));
}

function portOf(name: string, value: unknown): number {
  const port = whole(name, value, 65_535);
  if (port === 0) throw new Nonsense(`its ${name} is no port`);
  return port;
}
