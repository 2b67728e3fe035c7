import { PomeloError } from '@pomelo-ts/common';
import type { Application } from '../application.js';
import { importModule, instantiate } from '../dispatch/app-modules.js';
import { hooksFileOf } from '../dispatch/module-files.js';
import type { Lifecycle } from '../lifecycle.js';

const hooks = ['beforeStartup', 'afterStartup', 'afterStartAll', 'beforeShutdown'] as const;

/** Registers the hooks of `app/servers/<type>/lifecycle.js`, after those of plugins. A type without one is fine. */
export async function loadHooks(app: Application): Promise<void> {
  if (app.registrations.modules) return app.registrations.modules.loadHooks();
  const file = hooksFileOf(app.appDir, app.serverType);
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
