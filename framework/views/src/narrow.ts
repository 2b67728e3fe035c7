import type { ViewName } from './views.js';

/** Columns that a screen too narrow for all of a view leaves out, the first one first. What tells of trouble stays. */
export const leftOutFirst: Readonly<Record<ViewName, readonly string[]>> = {
  servers: ['restarts', 'build', 'up', 'host', 'memory', 'type', 'p99', 'requests', 'cpu', 'connections'],
  hosts: ['files', 'memory', 'work', 'requests', 'serving', 'connections', 'loop'],
  routes: ['busy', 'mean', 'type', 'p50', 'errors'],
  rpc: ['mean', 'side', 'type', 'p50', 'errors'],
  problems: ['next', 'severity'],
  crons: ['type', 'unleased', 'skipped', 'late'],
  users: ['session', 'channels', 'requests', 'age', 'queue'],
  channels: [],
  operations: ['by', 'left', 'begun', 'done', 'error'],
};
