import { Overview } from '../pages/overview.js';
import { ViewPage } from '../pages/view-page.js';
import type { Place } from '../place/place.js';
import { Later } from './later.js';

/** The page of a place; those that not everybody opens are loaded when somebody does. */
export function Current({ place }: { readonly place: Place }) {
  switch (place.page) {
    case 'view':
      return <ViewPage query={place.query} />;
    case 'overview':
      return <Overview />;
    case 'server':
      return <Later load={serverPage} props={place} key={place.id} />;
    case 'host':
      return <Later load={host} props={place} key={place.name} />;
    case 'timeline':
      return <Later load={timeline} props={place} />;
    case 'users':
      return <Later load={users} props={place} />;
    case 'channel':
      return <Later load={channel} props={place} />;
    case 'rooms':
      return <Later load={rooms} props={place} key={`${place.at} ${place.kind}`} />;
    case 'logs':
      return <Later load={logs} props={place} />;
    case 'operate':
      return <Later load={operatePage} props={place} />;
    case 'audit':
      return <Later load={audit} props={place} />;
    case 'topology':
      return <Later load={topology} props={{}} />;
    case 'accounts':
      return <Later load={accounts} props={{}} />;
    case 'keys':
      return <Later load={keys} props={{}} />;
    case 'sessions':
      return <Later load={sessions} props={{}} />;
    case 'approvals':
      return <Later load={approvals} props={{}} />;
    case 'account':
      return <Later load={account} props={{}} />;
  }
}

const serverPage = async () => (await import('../pages/server-page.js')).ServerPage;
const host = async () => (await import('../pages/host.js')).HostOf;
const timeline = async () => (await import('../pages/timeline.js')).Timeline;
const users = async () => (await import('../pages/users.js')).Users;
const channel = async () => (await import('../pages/channel.js')).Channel;
const rooms = async () => (await import('../pages/rooms.js')).Rooms;
const logs = async () => (await import('../pages/logs.js')).Logs;
const operatePage = async () => (await import('../operate/operate-page.js')).OperatePage;
const audit = async () => (await import('../pages/audit.js')).Audit;
const topology = async () => (await import('../pages/topology.js')).Topology;
const accounts = async () => (await import('../pages/accounts.js')).Accounts;
const keys = async () => (await import('../pages/keys.js')).Keys;
const sessions = async () => (await import('../pages/sessions.js')).Sessions;
const approvals = async () => (await import('../pages/approvals.js')).Approvals;
const account = async () => (await import('../pages/account.js')).OwnAccount;
