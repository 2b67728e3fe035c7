// The package.json of a new game: its libraries are those, in those versions, that this repository is tested with.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const bundle =
  'esbuild main=web/src/main.ts web/*.html web/*.css --outdir=dist/web --outbase=web --bundle --format=esm --target=es2022 --loader:.html=copy --sourcemap --log-level=warning';

/** Libraries of a game that have scripts of their own for after their install: they would build what makes them quicker where there is no better way. */
const ofGames = new Set(['cpu-features', 'esbuild', 'msgpackr-extract', 'ssh2']);

/**
 * The package.json of a template.
 * @param {string} root of this repository
 * @param {{ language: 'ts' | 'js', hasPage: boolean, hasRobot: boolean }} template
 */
export function manifestOf(root, { language, hasPage, hasRobot }) {
  const read = (file) => JSON.parse(readFileSync(join(root, file), 'utf8'));
  const { version } = read('framework/cli/package.json');
  const { devDependencies, allowScripts } = read('package.json');
  const { dependencies } = read('game-server/package.json');
  const isTyped = language === 'ts';
  const developers = ['@types/node', 'esbuild', 'typescript', 'vitest'].filter(
    (name) => (isTyped || name === 'vitest' || name === 'esbuild') && (hasPage || name !== 'esbuild'),
  );
  return {
    name: '{{name}}',
    private: true,
    version: '0.1.0',
    type: 'module',
    engines: { node: '>=20.19' },
    'pomelo-ts': { app: isTyped ? 'dist' : '.' },
    scripts: scriptsOf({ isTyped, hasPage, hasRobot }),
    dependencies: {
      '@pomelo-ts/client': version,
      '@pomelo-ts/core': version,
      'pomelo-ts': version,
      ...(hasPage && { sirv: dependencies.sirv }),
    },
    devDependencies: {
      '@pomelo-ts/dev': version,
      ...Object.fromEntries(developers.map((name) => [name, devDependencies[name]])),
    },
    // npm warns of each script that nobody has allowed or refused; none is needed
    allowScripts: Object.fromEntries(
      Object.entries(allowScripts).filter(([name]) => ofGames.has(name) && (hasPage || name !== 'esbuild')),
    ),
  };
}

function scriptsOf({ isTyped, hasPage, hasRobot }) {
  const build = [isTyped && 'tsc', hasPage && 'npm run --silent page'].filter(Boolean).join(' && ');
  const first = build ? `${build} && ` : '';
  const page = isTyped ? bundle : bundle.replace('main.ts', 'main.js');
  const types = ['tsc', hasPage && 'tsc -p web', 'tsc -p test', ''].filter((part) => part !== false);
  return {
    start: `${first}pomelo-ts start`,
    dev: 'pomelo-ts dev',
    ...(build && { build }),
    ...(hasPage && { page, watch: 'npm run --silent page -- --watch' }),
    gen: 'pomelo-ts gen',
    check: `${isTyped ? types.join(' && ') : ''}pomelo-ts config check`,
    test: `${first}vitest run`,
    ...(hasRobot && { robot: `pomelo-ts robot robot/players.${isTyped ? 'ts' : 'js'}` }),
  };
}
