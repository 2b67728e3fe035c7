import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerSettings } from '@pomelo-ts/cluster';
import { appFileOf } from '@pomelo-ts/cluster/internal';
import { type Logger, newBootId, PomeloError } from '@pomelo-ts/common';
import { type AppDefinition, Application } from '../application.js';
import { type GameModule, importFile } from '../dispatch/app-modules.js';
import { forgetSettingUp, loadAlone, runSettingUp, type SettingUp } from './setting-up.js';

type AppModule = Partial<GameModule<Partial<AppDefinition>>>;

/**
 * Makes the application of one server and lets the game's `app.js` set it up: by the definition that it exports, or, in an
 * old app, by its own calls while it is loaded. An app folder without one is fine.
 */
export async function loadApp(settings: ServerSettings, logger: Logger): Promise<Application> {
  const app = new Application(settings, logger);
  const file = appFileOf(settings.appDir);
  if (!file) return app;
  const at: SettingUp = { app };
  const { default: definition } = await loadAlone(() => evaluate(file, at));
  if (typeof definition?.setUp === 'function') await runSettingUp(at, () => definition.setUp!(app));
  else if (!at.done) {
    throw new PomeloError('APP_INVALID', {
      file,
      expected: 'a default export made by defineApp(…), or a call of createApp() of @pomelo-ts/compat',
      got: definition === undefined ? 'neither' : String(definition),
    });
  }
  await at.done;
  for (const setUp of app.registrations.pluginSetUps) await setUp.unheeded();
  // An old app in single mode asks whose code runs for as long as it lives.
  if (!at.done || settings.mode === 'process') forgetSettingUp();
  return app;
}

/** Node evaluates a file once: an old app's is evaluated anew for each further server of this process. */
async function evaluate(file: string, at: SettingUp): Promise<AppModule> {
  const load = (query: string): Promise<AppModule> => runSettingUp(at, () => importFile(file, query));
  let module = await load('');
  if (typeof module.default?.setUp !== 'function' && !at.done && at.app.settings.mode === 'single') {
    const { forgetCode } = await import('../dispatch/own-code.js');
    forgetCode(at.app.root);
    module = await load(`?server=${at.app.serverId}&life=${newBootId()}`);
  }
  at.evaluated?.();
  return module;
}

/** The server types that the app has folders for, itself or by its plugins. */
export function serverTypesOf(appDirs: readonly string[]): string[] {
  const folders = appDirs.map((appDir) => join(appDir, 'app', 'servers')).filter((path) => existsSync(path));
  return folders.flatMap((folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name),
  );
}
