import type { Lifecycle, Session } from '@pomelo-ts/core';
import type { ServiceKind, ServiceMethod } from '@pomelo-ts/core/internal';
import { checkCrons } from './crons.js';
import { events } from './events.js';
import type { OldApplication } from './old-application.js';
import { type ModulesHome, OldModules } from './old-modules.js';
import { adaptRemote } from './old-remote.js';
import { OldSession } from './old-session.js';
import { applySettings } from './settings-mapping.js';
import { unreadFilesOf } from './unread-files.js';

/** Makes a server that of an old app: its modules are loaded as the app means them, and it hears of all that happens. */
export function takeOver(app: OldApplication): void {
  const { core } = app;
  core.registrations.modules = new OldModules(modulesHome(app));
  const inside = app.inside.bind(app);
  const tell = (event: string, session: Session): void => {
    if (session.frontendId === core.serverId)
      inside(() => app.event.emit(event, new OldSession(session, true)));
  };
  core.registrations.sessionBound.push((session) => tell(events.BIND_SESSION, session));
  core.registrations.sessionUnbound.push((session) => tell(events.UNBIND_SESSION, session));
  core.onSessionClosed((session) => tell(events.CLOSE_SESSION, session));
  // Components start with the servers known.
  core.registrations.opening.unshift(() => app.servers.follow(app.event, inside));
}

function modulesHome(app: OldApplication): ModulesHome {
  const { core, code, style } = app;
  const inside = app.inside.bind(app);
  const adapt = (kind: ServiceKind, name: string, instance: object, method: string): ServiceMethod => {
    if (kind === 'handler') return app.path.handler(name, instance, method);
    if (kind === 'remote') return adaptRemote(style, inside, instance, method);
    const call = (instance as Record<string, (done: () => void) => unknown>)[method]!;
    return (() => inside(() => call.call(instance, () => {}))) as ServiceMethod;
  };
  return {
    appDir: core.appDir,
    serverType: core.serverType,
    code,
    oldApp: app,
    adapt,
    inside,
    instanceOf: (decorated) => app.instanceOf(decorated),
    foldersOf: (kind) => app.foldersOf(kind),
    prepare: (hooks) => prepare(app, hooks),
  };
}

/** Brings what the app has said by now to core, and the hooks of its server type. */
function prepare(app: OldApplication, hooks: Lifecycle | undefined): void {
  const { core } = app;
  applySettings(core, app.settings);
  checkCrons(core, app.style);
  const unread = unreadFilesOf(core.root, core.env);
  if (unread.length > 0)
    core.logger.warn(`${unread.join(', ')}: not read, pomelo-ts migrate tells what is instead of them`);
  app.path.open();
  if (hooks) core.lifecycle(hooks, `lifecycle.js of ${core.serverType}`);
  const inside =
    <T>(fn: () => T): (() => T) =>
    () =>
      app.inside(fn);
  core.lifecycle(
    {
      afterStartup: inside(() => app.tellStarted()),
      afterStartAll: inside(() => app.tellAllStarted()),
    },
    'app.start',
  );
}
