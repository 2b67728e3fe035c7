import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Files of an old app's `config/` that nothing here reads, with what there is instead. */
export const unreadFiles: Readonly<Record<string, string>> = {
  'log4js.json': 'log in config/settings.json5 says what is logged; a log4js of the app may go on reading it',
  'adminServer.json': 'servers prove that they know the cluster secret, POMELO_TS_SECRET',
  'adminUser.json':
    'people get accounts by pomelo-ts account add, and pomelo-ts migrate names them; a command on the host of the master has the cluster secret, POMELO_TS_SECRET',
  'masterha.json': 'servers play on without a master, and a new one takes them over',
};

/** Those that an app has, in `config/` or `config/<env>/`. */
export function unreadFilesOf(root: string, env: string): string[] {
  return Object.keys(unreadFiles).flatMap((name) =>
    [`config/${name}`, `config/${env}/${name}`].filter((file) => existsSync(join(root, file))),
  );
}
