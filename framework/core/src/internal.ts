/* For sister packages: what `@pomelo-ts/compat`, and checks of the command line, need beside what games have. */

export type { ModuleSource } from './application/module-source.js';
export {
  importFile,
  isClass,
  methodNames,
} from './dispatch/app-modules.js';
export { hooksFileOf, moduleFiles, nameOf, serviceFiles } from './dispatch/module-files.js';
export { ownCode, useCode } from './dispatch/own-code.js';
export { RequestContext } from './dispatch/route-context.js';
export { loadCodec } from './server/chosen-codec.js';
export { loadAlone, runSettingUp, type SettingUp, settingUp } from './server/setting-up.js';
export type { Service, ServiceKind, ServiceMethod } from './service.js';
export { BackendSession } from './session/backend-session.js';
export type { SessionFacts } from './session/session-service.js';
export type { SessionTable } from './session/session-table.js';
