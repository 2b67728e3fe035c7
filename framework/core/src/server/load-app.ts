import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerSettings } from '@pomelo-ts/cluster';
import { type Logger, PomeloError } from '@pomelo-ts/common';
import { type AppDefinition, Application } from '../application.js';
import { importModule, listRoutes } from '../dispatch/app-modules.js';

/** Makes the application of one server and lets the game's `app.js` set it up. An app folder without one is fine. */
export async function loadApp(settings: ServerSettings, logger: Logger): Promise<Application> {
  const app = new Application(settings, logger);
  const file = ['app.js', 'app.mjs']
    .map((name) => join(settings.appDir, name))
    .find((path) => existsSync(path));
  if (!file) return app;
  const { default: definition } = await importModule<Partial<AppDefinition>>(file);
  if (typeof definition?.setUp !== 'function') {
    throw new PomeloError('APP_INVALID', {
      file,
      expected: 'a default export made by defineApp(…)',
      got: String(definition),
    });
  }
  await definition.setUp(app);
  return app;
}

/** The server types that the app has folders for. */
export function serverTypesOf(appDir: string): string[] {
  const folder = join(appDir, 'app', 'servers');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);
}

/**
 * Every handler route of every type, for the dictionary. Factories are called for it, with an application of their own:
 * what those of other types register with it must not become this server's.
 */
export async function allRoutes(app: Application, types: readonly string[]): Promise<string[]> {
  const { appDirs } = app.registrations;
  const spare = new Application(app.settings, app.logger);
  const lists = await Promise.all(
    types.flatMap((type) => appDirs.map((appDir) => listRoutes(appDir, type, spare))),
  );
  return lists.flat();
}
