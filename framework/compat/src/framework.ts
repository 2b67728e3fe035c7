import { createRequire } from 'node:module';
import { silentLogger } from '@pomelo-ts/common';
import { serial, time, timeout, toobusy } from './built-in-filters.js';
import { connectors, pushSchedulers } from './connectors.js';
import { currentApp, createApp as makeApp } from './current-app.js';
import { events } from './events.js';
import type { OldApplication } from './old-application.js';
import { rpcLog, rpcTooBusy } from './rpc-filters.js';
import type { Anything, OldStyle } from './types.js';
import { unsupported } from './unsupported.js';

/** The version of `@pomelo-ts/core`. */
export const version = (createRequire(import.meta.url)('@pomelo-ts/core/package.json') as { version: string })
  .version;

/** Filters around handlers: `app.filter(pomelo.filters.serial())`, `app.filter(new pinus.filters.serial())`. */
export const filters = { serial, time, timeout, toobusy } as const;

/** Filters around calls of remotes. */
export const rpcFilters = {
  rpcLog: rpcLog(() => currentApp()?.core.logger ?? silentLogger),
  toobusy: rpcTooBusyMaker(),
} as const;

/** pomelo's own components, which a server here starts by itself: taking one throws OLD_APP_UNSUPPORTED. */
export const components: Readonly<Record<string, Anything>> = new Proxy(Object.freeze({}), {
  get(_target, name) {
    if (typeof name === 'symbol' || name === 'toJSON') return undefined;
    throw unsupported(
      `pomelo.components.${name}`,
      'take the line out: a server starts what it needs by itself',
    );
  },
});

/** The framework as an app of `style` knows it. */
export interface OldFramework {
  readonly version: string;
  readonly events: typeof events;
  readonly filters: typeof filters;
  readonly rpcFilters: typeof rpcFilters;
  readonly connectors: typeof connectors;
  readonly pushSchedulers: typeof pushSchedulers;
  readonly components: typeof components;
  /** The application of this server, once there is one. */
  readonly app: OldApplication;
  /** Makes the application of this server. @throws OLD_APP_UNSUPPORTED for another `base` than the folder of `app.js` */
  createApp(options?: { readonly base?: string }): OldApplication;
}

/** Makes the object that apps call `pomelo` or `pinus`. */
export function framework(style: OldStyle): OldFramework {
  return {
    version,
    events,
    filters,
    rpcFilters,
    connectors,
    pushSchedulers,
    components,
    createApp: (options) => makeApp(style, options?.base),
    get app() {
      return currentApp() as OldApplication;
    },
  };
}

function rpcTooBusyMaker() {
  return function toobusy(maxLagMs?: number) {
    return rpcTooBusy(maxLagMs);
  } as unknown as {
    (maxLagMs?: number): ReturnType<typeof rpcTooBusy>;
    new (maxLagMs?: number): ReturnType<typeof rpcTooBusy>;
  };
}
