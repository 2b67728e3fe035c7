import type { Column } from './column.js';

const id = { title: 'id', kind: 'text', letter: 'i', help: 'Id of the server.' } as const;
const type = { title: 'type', kind: 'text', letter: 't', help: 'Type of the server.' } as const;
const host = { title: 'host', kind: 'text', letter: 'h', help: 'Host that it runs on.' } as const;
const requests = {
  title: 'req/s',
  kind: 'rate',
  letter: 'r',
  help: 'Requests that were answered, each second.',
} as const;
const errors = {
  title: 'err',
  kind: 'share',
  letter: 'e',
  help: 'Share of the requests whose answer was an error, too late or refused.',
} as const;
const p50 = {
  title: 'p50',
  kind: 'seconds',
  letter: '5',
  help: 'Half of the requests took no longer.',
} as const;
const p99 = {
  title: 'p99',
  kind: 'seconds',
  letter: '9',
  help: '99 of 100 requests took no longer, to the edge of a bucket.',
} as const;

/** Columns of the servers. */
const servers = {
  id,
  type,
  host,
  state: { title: 'state', kind: 'state', letter: 's', help: 'What it does: ready, draining, gone …' },
  build: { title: 'build', kind: 'text', letter: 'b', help: 'Code that it runs.' },
  connections: { title: 'conn', kind: 'count', letter: 'c', help: 'Clients that are connected to it.' },
  requests,
  errors,
  p99,
  cpu: { title: 'cpu', kind: 'share', letter: 'p', help: 'Share of one processor.' },
  loop: {
    title: 'loop',
    kind: 'seconds',
    letter: 'l',
    help: 'How late its event loop comes: 99th percentile of the last 5 to 10 seconds.',
  },
  memory: { title: 'mem', kind: 'bytes', letter: 'm', help: 'Memory that the process has (RSS).' },
  up: { title: 'up', kind: 'age', letter: 'u', help: 'How long it runs.' },
  restarts: {
    title: 'crash',
    kind: 'count',
    letter: 'k',
    help: 'Times that it was started again after it had ended by itself.',
  },
} as const satisfies Readonly<Record<string, Column>>;

const hosts = {
  host,
  state: { title: 'state', kind: 'state', letter: 's', help: 'Whether all that should run there does.' },
  servers: { title: 'servers', kind: 'count', letter: 'n', help: 'Servers that should run there.' },
  serving: { title: 'serving', kind: 'count', letter: 'v', help: 'Those of them that serve.' },
  connections: { title: 'conn', kind: 'count', letter: 'c', help: 'Clients that are connected there.' },
  requests: {
    ...requests,
    help: 'Requests of clients that frontends there answered, each second, whichever server worked on them.',
  },
  work: {
    title: 'work/s',
    kind: 'rate',
    letter: 'w',
    help: 'Requests that backends there worked on, each second: frontends, there or elsewhere, count them as req/s.',
  },
  cpu: {
    title: 'cpu',
    kind: 'share',
    letter: 'p',
    help: 'Processors that its servers use together: 2 is two whole ones.',
  },
  memory: { title: 'mem', kind: 'bytes', letter: 'm', help: 'Memory of its servers together (RSS).' },
  loop: { title: 'loop', kind: 'seconds', letter: 'l', help: 'The latest event loop of its servers.' },
  files: {
    title: 'files',
    kind: 'share',
    letter: 'f',
    help: 'Descriptors in use, of the server there that is nearest to its limit.',
  },
} as const satisfies Readonly<Record<string, Column>>;

const routes = {
  route: {
    title: 'route',
    kind: 'text',
    letter: 'n',
    help: 'Route, or a group of them that are not told apart.',
  },
  type: { title: 'at', kind: 'text', letter: 't', help: 'Type of the servers that measured it.' },
  requests,
  errors,
  p50,
  p99,
  mean: { title: 'mean', kind: 'seconds', letter: 'm', help: 'Mean time of a request.' },
  busy: {
    title: 'busy',
    kind: 'share',
    letter: 'b',
    help: 'Requests under way at once, on average: how much of the time they take.',
  },
} as const satisfies Readonly<Record<string, Column>>;

const rpc = {
  method: { title: 'method', kind: 'text', letter: 'n', help: 'Remote that was called.' },
  type: { title: 'at', kind: 'text', letter: 't', help: 'Type of the servers that measured it.' },
  side: {
    title: 'side',
    kind: 'text',
    letter: 'd',
    help: 'Whether the times are those of the caller or of the one called.',
  },
  requests: { ...requests, title: 'calls/s', help: 'Calls that were answered, each second.' },
  errors: { ...errors, help: 'Share of the calls that failed, were too late or refused.' },
  p50,
  p99,
  mean: { title: 'mean', kind: 'seconds', letter: 'm', help: 'Mean time of a call.' },
} as const satisfies Readonly<Record<string, Column>>;

const crons = {
  id,
  type,
  runs: { title: 'runs', kind: 'count', letter: 'r', help: 'Runs that ended well.' },
  failed: { title: 'failed', kind: 'count', letter: 'f', help: 'Runs that threw.' },
  late: { title: 'late', kind: 'count', letter: 'l', help: 'Runs that began more than a second late.' },
  missed: { title: 'missed', kind: 'count', letter: 'm', help: 'Runs left out as their time was over.' },
  skipped: {
    title: 'skipped',
    kind: 'count',
    letter: 's',
    help: 'Runs left out as the one before still worked.',
  },
  unleased: {
    title: 'no lease',
    kind: 'count',
    letter: 'n',
    help: 'Runs left out as the lease that they need could not be had.',
  },
} as const satisfies Readonly<Record<string, Column>>;

const operations = {
  number: { title: 'no', kind: 'count', letter: 'n', help: 'Number of the operation.' },
  verb: { title: 'what', kind: 'text', letter: 'v', help: 'What was asked for.' },
  target: { title: 'of', kind: 'text', letter: 'o', help: 'Servers that it is about.' },
  state: { title: 'state', kind: 'state', letter: 's', help: 'How far it is.' },
  done: { title: 'done', kind: 'count', letter: 'd', help: 'Steps that are done.' },
  left: { title: 'left', kind: 'count', letter: 'l', help: 'Steps that are to come.' },
  by: { title: 'by', kind: 'text', letter: 'b', help: 'Who asked for it.' },
  begun: { title: 'begun', kind: 'time', letter: 'g', help: 'When it began.' },
  error: { title: 'error', kind: 'text', letter: 'e', help: 'Why it failed.' },
} as const satisfies Readonly<Record<string, Column>>;

const problems = {
  severity: {
    title: 'is',
    kind: 'state',
    letter: 's',
    help: 'Whether players notice (page) or will (warn).',
  },
  about: { title: 'about', kind: 'text', letter: 'i', help: 'Server, host or part of the cluster.' },
  what: { title: 'what', kind: 'text', letter: 'w', help: 'What is wrong.' },
  since: { title: 'since', kind: 'time', letter: 'g', help: 'When it was seen first.' },
  next: { title: 'next', kind: 'text', letter: 'n', help: 'What to look at or to do.' },
} as const satisfies Readonly<Record<string, Column>>;

const users = {
  uid: {
    title: 'user',
    kind: 'text',
    letter: 'n',
    help: 'Uid of the session; none before the game has bound one.',
  },
  frontend: { title: 'at', kind: 'text', letter: 'f', help: 'Server that holds the connection.' },
  address: { title: 'address', kind: 'text', letter: 'a', help: 'Where the client came from.' },
  age: { title: 'for', kind: 'age', letter: 'u', help: 'How long the session has been on that server.' },
  queue: { title: 'queue', kind: 'bytes', letter: 'q', help: 'Bytes that the client has not read yet.' },
  requests: {
    title: 'asked',
    kind: 'count',
    letter: 'r',
    help: 'Requests of the client that have no answer yet.',
  },
  channels: { title: 'channels', kind: 'count', letter: 'c', help: 'Channels that it is in.' },
  session: { title: 'session', kind: 'text', letter: 's', help: 'Id of the session.' },
} as const satisfies Readonly<Record<string, Column>>;

const channels = {
  name: { title: 'channel', kind: 'text', letter: 'n', help: 'Name of the channel.' },
  id: {
    title: 'at',
    kind: 'text',
    letter: 'i',
    help: 'Server that has it; others may have one of that name.',
  },
  members: { title: 'members', kind: 'count', letter: 'm', help: 'How many are in it.' },
} as const satisfies Readonly<Record<string, Column>>;

/** One view: what its lines are, and what is told of each. */
export interface View {
  readonly title: string;
  /** Key that shows it. */
  readonly digit: string;
  readonly columns: Readonly<Record<string, Column>>;
  /** Of a view whose lines servers are asked for, as nobody keeps them all: the operation that whoever looks must be allowed, too. */
  readonly asks?: 'users.find' | 'channels.list';
}

/** All that operators can look at as a table, by name. */
export const views = {
  servers: { title: 'servers', digit: '1', columns: servers },
  hosts: { title: 'hosts', digit: '2', columns: hosts },
  routes: { title: 'routes', digit: '3', columns: routes },
  rpc: { title: 'rpc', digit: '4', columns: rpc },
  problems: { title: 'problems', digit: '5', columns: problems },
  users: { title: 'users', digit: '6', columns: users, asks: 'users.find' },
  crons: { title: 'crons', digit: '7', columns: crons },
  operations: { title: 'operations', digit: '8', columns: operations },
  channels: { title: 'channels', digit: '9', columns: channels, asks: 'channels.list' },
} as const satisfies Readonly<Record<string, View>>;

/** The name of a view. */
export type ViewName = keyof typeof views;

/** All names of views. */
export const viewNames = Object.keys(views) as readonly ViewName[];

/** The columns of a view, whichever it is. */
export const columnsOf = (name: ViewName): Readonly<Record<string, Column>> => views[name].columns;

/** The operation that whoever looks at a view must be allowed beside; undefined for what the master knows by itself. */
export const askedBy = (name: ViewName): View['asks'] => (views[name] as View).asks;
