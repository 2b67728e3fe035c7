import { loadLinearMatcher } from '@pomelo-ts/cluster/internal';
import {
  columnsOf,
  type MakeMatcher,
  parseFilter,
  type Row,
  Selection,
  type ViewQuery,
} from '@pomelo-ts/views';
import type { Application } from '../../application.js';
import type { FrontendSession } from '../../session/frontend-session.js';
import type { SessionTable } from '../../session/session-table.js';
import { Looks } from './looks.js';

/** What a master asks a server for of a view that nobody keeps as a whole. */
export interface AskedView extends Pick<ViewQuery, 'filter' | 'sort' | 'ascending' | 'limit' | 'faulty'> {
  readonly view: 'users' | 'channels';
}

/** The first lines of a view on this server, in the order that was asked for. */
export interface ViewHere {
  readonly rows: readonly Row[];
  /** Lines that the filter lets through. */
  readonly matching: number;
  /** Lines that were looked at. */
  readonly total: number;
  /** There are more lines than it could look at in its time. */
  readonly cut?: true;
}

/** Those who look at the lines of a view, of each server in this process. */
const looksOf = new WeakMap<Application, Readonly<Record<AskedView['view'], Looks>>>();

/**
 * Goes through this server's own lines, with pauses, and keeps no more than the first ones. When there are too many for its time, those that it has
 * got to count.
 *
 * @throws FilterError; Error when too many look already
 */
export async function viewHere(app: Application, asked: AskedView): Promise<ViewHere> {
  const begun = performance.now();
  const columns = columnsOf(asked.view);
  const filter = parseFilter(asked.filter, columns, await matcherFor(asked.filter));
  const selection = new Selection({ ...asked, growth: false }, columns, filter);
  const isWhole = await looksAt(app)[asked.view].look(selection, begun);
  const { rows, matching, total } = selection;
  return { rows, matching, total, ...(!isWhole && { cut: true }) };
}

/** To load what reads regular expressions takes a part of the time that there is: it is loaded for one that has any. */
const matcherFor = async (filter: string): Promise<MakeMatcher> =>
  filter.includes('/') ? loadLinearMatcher() : noMatcher;
const noMatcher = (): never => {
  throw new Error('no regular expression was seen');
};

function looksAt(app: Application): Readonly<Record<AskedView['view'], Looks>> {
  const known = looksOf.get(app);
  if (known) return known;
  const looks = { users: new Looks(() => sessionsOf(app)), channels: new Looks(() => channelsOf(app)) };
  looksOf.set(app, looks);
  return looks;
}

function* sessionsOf({ sessions: { local }, serverId, settings }: Application): Iterable<Row> {
  const { maxBytes } = settings.settings.client.sendQueue;
  const now = Math.floor(Date.now() / 1000);
  for (const session of local?.all() ?? [])
    if (!session.gone) yield rowOf(session, local!, { serverId, now, slowBytes: maxBytes / 2 });
}

function rowOf(
  session: FrontendSession,
  table: SessionTable,
  {
    serverId,
    now,
    slowBytes,
  }: { readonly serverId: string; readonly now: number; readonly slowBytes: number },
): Row {
  const { id, uid, waiting, since, channels } = session;
  const queue = session.link.queuedBytes;
  const byUid = uid === undefined ? undefined : table.ofUid(uid)?.channels;
  return {
    key: id,
    trouble: queue > slowBytes ? queue / slowBytes : 0,
    cells: {
      uid: uid === undefined ? null : String(uid),
      frontend: serverId,
      address: session.remoteAddress || null,
      age: Math.max(0, now - since),
      queue,
      requests: waiting,
      channels: (channels?.size ?? 0) + (byUid?.size ?? 0),
      session: id,
    },
  };
}

function* channelsOf({ channels, serverId: id }: Application): Iterable<Row> {
  for (const name of channels.names) {
    const channel = channels.get(name);
    if (channel) yield { key: `${name} ${id}`, trouble: 0, cells: { name, id, members: channel.size } };
  }
}
