import { resolve } from 'node:path';
import type { Application } from '@pomelo-ts/core';
import { type SettingUp, settingUp } from '@pomelo-ts/core/internal';
import { OldApplication } from './old-application.js';
import { takeOver } from './take-over.js';
import type { Anything, OldStyle } from './types.js';
import { unsupported } from './unsupported.js';

/** Applications by the server that they are for. */
const made = new WeakMap<Application, OldApplication>();

/**
 * The last application that was made in this process. `pomelo.app` is a member of a module: where a process has one server,
 * code that asks for it in a timer or in a callback of some library can only mean this one.
 */
let last: OldApplication | undefined;

/** The application of the code that runs now; undefined before `createApp`. */
export function currentApp(): OldApplication | undefined {
  const at = settingUp();
  return (at && made.get(at.app)) ?? last;
}

/** The application of the server whose `app.js` runs now, made by its first call. */
export function createApp(style: OldStyle, base?: string): OldApplication {
  const at = settingUp();
  if (!at)
    throw new Error(
      'createApp() was called where no server is being set up: expected in the app.js of a game that pomelo-ts starts ' +
        '(pomelo-ts start, not node app.js)',
    );
  if (base !== undefined && resolve(base) !== at.app.appDir) {
    const cure = 'take it out, and name the folder of app.js in package.json as "pomelo-ts": { "app": "…" }';
    throw unsupported(`createApp({ base: '${base}' })`, cure);
  }
  const known = made.get(at.app);
  if (known) return known;
  const app = new OldApplication({ core: at.app, style, at });
  made.set(at.app, app);
  last = app;
  takeOver(app);
  waitFor(app, at);
  return app;
}

/** Core waits until the app has called `start`, which may be after it has read something. */
function waitFor(app: OldApplication, at: SettingUp): void {
  let started = false;
  at.done = app.begun.then(() => {
    started = true;
  });
  at.evaluated = () => {
    app.code.keep();
    setImmediate(() => {
      if (!started) app.core.logger.info('app.js has not called app.start() yet: this server waits for it');
    });
  };
}

/** {@link currentApp} as an object that can be exported before there is one. */
export const app: Anything = new Proxy(Object.create(null) as object, {
  get(_target, name) {
    const current: Anything = currentApp();
    if (current) {
      const value = current[name];
      return typeof value === 'function' ? value.bind(current) : value;
    }
    if (typeof name === 'symbol' || name === 'then') return undefined;
    throw new Error(`app.${name} was used before createApp() was called`);
  },
  has: (_target, name) => name in (currentApp() ?? {}),
  set(_target, name, value) {
    const current: Anything = currentApp();
    if (current) current[name] = value;
    return current !== undefined;
  },
});
