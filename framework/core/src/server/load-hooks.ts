import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PomeloError } from '@pomelo-ts/common';
import type { Application } from '../application.js';
import { importModule, instantiate } from '../dispatch/app-modules.js';
import type { Lifecycle } from '../lifecycle.js';

const hooks = ['beforeStartup', 'afterStartup', 'afterStartAll', 'beforeShutdown'] as const;

/** Registers the hooks of `app/servers/<type>/lifecycle.js`, after those of plugins. A type without one is fine. */
export async function loadHooks(app: Application): Promise<void> {
  if (app.registrations.modules) return app.registrations.modules.loadHooks();
  const folder = join(app.appDir, 'app', 'servers', app.serverType);
  const file = ['lifecycle.js', 'lifecycle.mjs']
    .map((name) => join(folder, name))
    .find((path) => existsSync(path));
  if (!file) return;
  const { default: exported } = await importModule<object>(file);
  const lifecycle = (await instantiate(file, exported, app)) as Lifecycle;
  if (!hooks.some((hook) => typeof lifecycle[hook] === 'function')) {
    const expected = `a default export with at least one of ${hooks.join(', ')}`;
    throw new PomeloError('APP_INVALID', {
      file,
      expected,
      got: Object.keys(lifecycle).join(', ') || 'none',
    });
  }
  app.lifecycle(lifecycle, `lifecycle.js of ${app.serverType}`);
}
