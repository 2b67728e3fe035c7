/**
 * Runs apps that were written for pomelo or pinus: their one import, of `pomelo` or `pinus`, becomes this one. What differs
 * from what they know is in docs/guides/migrating.md.
 *
 * @example
 * const pomelo = require('@pomelo-ts/core/compat');
 * const app = pomelo.createApp();
 * app.configure('production|development', 'chat', () => app.filter(pomelo.filters.serial()));
 * app.start();
 * @packageDocumentation
 */
import { framework } from './compat/framework.js';

export { serial, time, timeout, toobusy } from './compat/built-in-filters.js';
export type {
  OldChannel as Channel,
  OldChannelService as ChannelService,
  OldMember,
} from './compat/channels.js';
export { connectors, pushSchedulers } from './compat/connectors.js';
export { useContainer } from './compat/container.js';
export { counterparts, idleSettings } from './compat/counterparts.js';
export { app } from './compat/current-app.js';
export { cronner, handler, remoter } from './compat/decorators.js';
export { events, events as AppEvents } from './compat/events.js';
export { components, filters, type OldFramework, rpcFilters, version } from './compat/framework.js';
export type { OldApplication as Application } from './compat/old-application.js';
export type {
  OldSession as BackendSession,
  OldSession as FrontendSession,
  OldSession as Session,
} from './compat/old-session.js';
export type {
  OldBackendSessionService as BackendSessionService,
  OldSessionService as SessionService,
} from './compat/session-services.js';
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
} from './compat/types.js';
export { unreadFiles } from './compat/unread-files.js';

/** As pomelo's apps know it: handlers and remotes that end with callbacks. */
export const pomelo = framework('pomelo');
/** As pinus' apps know it: handlers and remotes that give promises. */
export const pinus = framework('pinus');
/** Makes the application of a pomelo app; those of pinus call {@link pinus}`.createApp`. */
export const { createApp } = pomelo;

export default pomelo;
