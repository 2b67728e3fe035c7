import type { Application } from '@pomelo-ts/core';
import { OldChannelService } from './channels.js';
import { OldBackendSessionService, OldSessionService } from './session-services.js';

/** What `app.get` gives under names that no app has set: the services of its server, made when they are first asked for. */
export function servicesOf(core: Application): Readonly<Record<string, () => unknown>> {
  const channels = once(() => new OldChannelService(core));
  const backendSessions = once(() => new OldBackendSessionService(core));
  const sessions = once(() => (core.server.frontend ? new OldSessionService(core) : undefined));
  return {
    channelService: channels,
    sessionService: sessions,
    backendSessionService: backendSessions,
    localSessionService: backendSessions,
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
