/**
 * Runs apps that were written for pomelo or pinus: their one import, of `pomelo` or `pinus`, becomes this one. What differs
 * from what they know is in docs/guides/migrating.md.
 *
 * @example
 * const pomelo = require('@pomelo-ts/compat');
 * const app = pomelo.createApp();
 * app.configure('production|development', 'chat', () => app.filter(pomelo.filters.serial()));
 * app.start();
 * @packageDocumentation
 */
import { framework } from './framework.js';

export { serial, time, timeout, toobusy } from './built-in-filters.js';
export type {
  OldChannel as Channel,
  OldChannelService as ChannelService,
  OldMember,
} from './channels.js';
export { connectors, pushSchedulers } from './connectors.js';
export { useContainer } from './container.js';
export { counterparts, idleSettings } from './counterparts.js';
export { app } from './current-app.js';
export { cronner, handler, remoter } from './decorators.js';
export { events, events as AppEvents } from './events.js';
export { components, filters, type OldFramework, rpcFilters, version } from './framework.js';
export type { OldApplication as Application } from './old-application.js';
export type {
  OldSession as BackendSession,
  OldSession as FrontendSession,
  OldSession as Session,
} from './old-session.js';
export type {
  OldBackendSessionService as BackendSessionService,
  OldSessionService as SessionService,
} from './session-services.js';
export type {
  HandlerCallback,
  IComponent,
  IHandlerFilter,
  ILifeCycle,
  IPlugin,
  IRpcFilter,
  RemoterClass,
  RemoterMethod,
  RouteRecord,
  ServerInfo,
} from './types.js';
export { unreadFiles } from './unread-files.js';

/** As pomelo's apps know it: handlers and remotes that end with callbacks. */
export const pomelo = framework('pomelo');
/** As pinus' apps know it: handlers and remotes that give promises. */
export const pinus = framework('pinus');
/** Makes the application of a pomelo app; those of pinus call {@link pinus}`.createApp`. */
export const { createApp } = pomelo;

export default pomelo;
