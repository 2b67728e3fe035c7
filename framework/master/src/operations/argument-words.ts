/** What arguments mean that several operations have, by their names. */
const shared: Readonly<Record<string, string>> = {
  ids: 'Servers by their ids. Without ids, types and hosts all servers are meant.',
  types: 'Servers of these types.',
  hosts: 'Servers on these hosts.',
  id: 'Id of a server.',
  uid: 'User id of the game; digits alone also mean the id that is that number.',
  view: 'The table that is shown.',
  filter:
    'Which lines are shown: words, /a regular expression/, column:value, column>number; all without one.',
  sort: 'Column to sort by; `trouble`, which is usual, puts first what is most wrong.',
  ascending: 'Whether small comes first.',
  growth: 'Whether lines are sorted by how much the column has grown in the window, not by its value.',
  window: 'Over which time rates and percentiles are; 10s without one.',
  limit: 'Most lines, or most of each kind, that are shown.',
  group: 'Column by which lines stand together.',
  faulty: 'Whether only lines with something wrong are shown.',
  prefix: 'What the names begin with; all without one.',
  watchMs: 'How long each server that runs new code is watched before the next one, in milliseconds.',
  atOnce: 'How many servers of a type restart at once, or all.',
  trial: 'Whether another process tries the code before anything is stopped; it does unless this is false.',
  timeoutMs: 'How long it may take, in milliseconds.',
  networks: 'Addresses and networks, such as 192.0.2.0/24 or 2001:db8::/32.',
  bootId: 'Boot id of the process that begins, or has ended.',
  role: 'Role that says what may be asked for.',
};

/** What an argument of one operation means, by `verb argument`. */
const own: Readonly<Record<string, string>> = {
  'hosts.describe host': 'Name of a host, as `hosts` shows it.',
  'log.read id': 'Id of a server, or `master`.',
  'log.read request': 'How many lines of its end, or the place to read on after, and which of them.',
  'views.past id': 'Id of a server; the whole cluster without one.',
  'views.past span': 'How far back.',
  'servers.reload force': 'Whether code is taken that breaks what clients were made for.',
  'servers.drain force': 'Whether they drain though no other server of their type would take new work.',
  'servers.loglevel level': 'The least that is logged, or `settings` for what the settings say.',
  'servers.loglevel forMs': 'For how long, in milliseconds; an hour without it.',
  'servers.profile wish':
    'A CPU profile with its length in milliseconds, or a heap snapshot, with `force` also of a server with clients.',
  'servers.add servers': 'Lists of servers by their type, as servers.json has them.',
  'servers.restore ids': 'Ids of servers that were removed.',
  'servers.remove ids': 'Ids of the servers.',
  'servers.claim id': 'Id of the server that a process wants to be.',
  'servers.claim type': 'Type of which it wants to be any server.',
  'users.trace forMs': 'For how long, in milliseconds; five minutes without it.',
  'users.kick reason': 'What the clients are told; `kick` without it.',
  'users.online uids': 'User ids of the game.',
  'blacklist.list within': 'Only entries that have this address or network in them.',
  'blacklist.list offset': 'How many of the newest are left out.',
  'blacklist.add reason': 'Why, for other operators.',
  'blacklist.add forMs': 'For how long, in milliseconds; until they are taken off without it.',
  'blacklist.add force': 'Whether networks are taken that frontends of this cluster are in.',
  'remotes.call method': 'type.remote.method, such as chat.chatRemote.count.',
  'remotes.call args': 'Arguments of the method; none without them.',
  'remotes.call id': 'Id of a server of that type; one that is ready, in turn, without it.',
  'code.eval code': "An expression, or statements that return something; `app` is the server's.",
  'code.eval sitting': 'What the lines of one sitting have in common: they share the names that they give.',
  'push.send to': 'Whom it goes to.',
  'push.send route': 'What clients listen for, such as onMail.',
  'push.send body': 'What they are told.',
  'push.many pushes': 'The pushes, each with to, route and body.',
  'channels.members name': 'Name of the channels.',
  'inspect.list id': 'Id of a server; all without one.',
  'inspect.list kind': 'Kind of things; all without one.',
  'inspect.show kind': 'Kind of the thing.',
  'inspect.show thing': 'Id of the thing, as inspect.list shows it.',
  'cluster.stop interrupt': 'Whether nothing that is under way is waited for.',
  'config.apply digest': 'The digest of the difference that was looked at: no other one is applied.',
  'config.apply restart': 'Whether servers that need it are restarted.',
  'accounts.add name': 'Name to sign in by.',
  'accounts.change name': 'Name of the account.',
  'accounts.change disabled': 'Whether it may sign in no more.',
  'accounts.remove name': 'Name of the account.',
  'accounts.link name': 'Name of the account.',
  'sessions.revoke id': 'Id of the session, as sessions.list shows it.',
  'keys.create name': 'What the key is for.',
  'keys.create days': 'After how many days it ends; never without it.',
  'keys.create rate': 'Requests a second that it may make; 100 without it.',
  'keys.revoke id': 'Id of the key, as keys.list shows it.',
  'approvals.approve id': 'Id of the request, as approvals.list shows it.',
  'approvals.refuse id': 'Id of the request, as approvals.list shows it.',
  'approvals.refuse reason': 'What whoever asked is told.',
  'audit.read before': 'Only records with a lower number.',
  'audit.read name': 'Only what somebody of this name has done.',
  'audit.read verb': 'Only operations whose names begin so.',
  'operations.watch id': 'Number of the operation.',
  'operations.pause id': 'Number of the operation.',
  'operations.pause forMs': 'For how long, in milliseconds; an hour without it. Then it ends.',
  'operations.resume id': 'Number of the operation.',
  'operations.end id': 'Number of the operation.',
  'operations.end takeBack': 'Whether what it has done so far is taken back.',
};

/** All texts on arguments, by the name of one or by `verb argument`. */
export const argumentWords = { ...shared, ...own };

/** What an argument of an operation means, for people. */
export const argumentWord = (verb: string, name: string): string | undefined =>
  own[`${verb} ${name}`] ?? shared[name];

interface ArgumentsSchema {
  readonly properties?: Readonly<Record<string, unknown>> | undefined;
}

/** The JSON Schema of an operation's arguments, each with what it means. */
export function withWords<S extends ArgumentsSchema>(verb: string, schema: S): S {
  if (!schema.properties) return schema;
  const properties = Object.entries(schema.properties).map(([name, one]) => {
    const description = argumentWord(verb, name);
    return [name, description === undefined ? one : { ...(one as object), description }] as const;
  });
  return { ...schema, properties: Object.fromEntries(properties) };
}
