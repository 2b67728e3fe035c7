export { refuseOtherHosts } from './local-hosts.js';
export { Master } from './master.js';
export type { MasterEvents, MasterOptions } from './master-options.js';
export type { Selection } from './operator-commands.js';
export { isAlive, runsScript } from './processes/adopted-process.js';
export { masterLives, RuntimeFile, type RuntimeState } from './runtime-file.js';
export type { RowState, ServerRow } from './server-row.js';
export type { OnProgress, Progress } from './supervisor/progress.js';
export type { RecordState } from './supervisor/server-record.js';
