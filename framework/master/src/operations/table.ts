import type { z } from 'zod';
import {
  addAccount,
  changeAccount,
  linkAccount,
  listAccounts,
  listSessions,
  removeAccount,
  revokeSession,
} from './accounts.js';
import { approveChange, listApprovals, refuseChange } from './approvals.js';
import { readAuditLog, verifyAuditLog } from './audit.js';
import { addToBlacklist, listBlacklist, removeFromBlacklist } from './blacklist.js';
import { channelMembers, listChannels } from './channels.js';
import { killCluster, stopCluster } from './cluster.js';
import { callRemote, evalCode } from './code.js';
import { listThings, showThing } from './inspecting.js';
import { createKey, listKeys, revokeKey } from './keys.js';
import { listLeases } from './leases.js';
import { askHosts, describeHost, describeMaster, listServers, readLeader, readLog } from './looking.js';
import type { AnyOperation } from './operation.js';
import {
  endOperation,
  listOperations,
  pauseOperation,
  resumeOperation,
  watchOperation,
} from './operations.js';
import { takeProfile } from './profiles.js';
import { sendPush, sendPushes } from './push.js';
import {
  drainServers,
  killServers,
  reloadServers,
  restartServers,
  setLogLevel,
  startServers,
  stopServers,
  undrainServers,
} from './servers.js';
import { applyConfig, readConfig, readServerConfig, reloadSecret } from './settings.js';
import { addServers, claimServer, releaseServer, removeServers, restoreServers } from './topology.js';
import { countUsers, describeUser, findUser, kickUser, onlineUsers, traceUser } from './users.js';
import { readMeasures, readPast, readView, watchViews } from './views.js';

/**
 * All that operators may have a master do, each once, named by what it is about and what is done with that. Command line, link and
 * all else that asks a master for something is made of this table.
 */
export const operations = {
  'leader.read': readLeader,
  'master.describe': describeMaster,
  'hosts.ask': askHosts,
  'hosts.describe': describeHost,
  'log.read': readLog,
  'views.read': readView,
  'views.watch': watchViews,
  'views.past': readPast,
  'servers.list': listServers,
  'servers.start': startServers,
  'servers.stop': stopServers,
  'servers.restart': restartServers,
  'servers.reload': reloadServers,
  'servers.drain': drainServers,
  'servers.undrain': undrainServers,
  'servers.loglevel': setLogLevel,
  'servers.kill': killServers,
  'servers.profile': takeProfile,
  'servers.measures': readMeasures,
  'servers.config': readServerConfig,
  'servers.add': addServers,
  'servers.restore': restoreServers,
  'servers.remove': removeServers,
  'servers.claim': claimServer,
  'servers.release': releaseServer,
  'users.find': findUser,
  'users.describe': describeUser,
  'users.trace': traceUser,
  'users.kick': kickUser,
  'users.online': onlineUsers,
  'users.count': countUsers,
  'blacklist.list': listBlacklist,
  'blacklist.add': addToBlacklist,
  'blacklist.remove': removeFromBlacklist,
  'remotes.call': callRemote,
  'code.eval': evalCode,
  'push.send': sendPush,
  'push.many': sendPushes,
  'channels.list': listChannels,
  'channels.members': channelMembers,
  'leases.list': listLeases,
  'inspect.list': listThings,
  'inspect.show': showThing,
  'cluster.stop': stopCluster,
  'cluster.kill': killCluster,
  'config.read': readConfig,
  'config.apply': applyConfig,
  'secret.reload': reloadSecret,
  'accounts.list': listAccounts,
  'accounts.add': addAccount,
  'accounts.change': changeAccount,
  'accounts.remove': removeAccount,
  'accounts.link': linkAccount,
  'sessions.list': listSessions,
  'sessions.revoke': revokeSession,
  'keys.list': listKeys,
  'keys.create': createKey,
  'keys.revoke': revokeKey,
  'approvals.list': listApprovals,
  'approvals.approve': approveChange,
  'approvals.refuse': refuseChange,
  'audit.read': readAuditLog,
  'audit.verify': verifyAuditLog,
  'operations.list': listOperations,
  'operations.watch': watchOperation,
  'operations.pause': pauseOperation,
  'operations.resume': resumeOperation,
  'operations.end': endOperation,
} as const satisfies Readonly<Record<string, AnyOperation>>;

type Table = typeof operations;

/** The name of an operation. */
export type Verb = keyof Table;

/**
 * What each operation takes, tells and answers, by its name.
 *
 * @example const client = await connectOperator<Operations>({ dial });
 */
export type Operations = {
  readonly [V in Verb]: {
    readonly args: z.output<Table[V]['args']>;
    readonly answer: z.output<Table[V]['answer']>;
    readonly progress: z.output<Table[V]['progress']>;
  };
};
