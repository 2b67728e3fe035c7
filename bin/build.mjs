// `npm run build`: compiles everything that changed (tsc -b), then bundles packages and the reference game's page, and makes the templates of
// `pomelo-ts init` when one of their inputs did.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAdminPage } from './admin-page.mjs';
import { bundlePackages } from './bundle.mjs';
import { removeStaleOutputs } from './stale-outputs.mjs';
import { makeTemplates } from './templates.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = join(root, 'game-server/web');
const output = join(root, 'game-server/dist/web');
/** What the last bundle was made of. */
const record = join(output, '.inputs.json');
const copied = ['index.html', 'style.css', 'arena.css'];

compile();
removeStale();
await bundle();
makeCommandsExecutable();
if (pageIsStale()) await bundlePage();
await bundleAdminPage();
cpSync(join(root, 'config/schema'), join(root, 'framework/cli/schema'), { recursive: true });
await makeTemplates();

/** Runs the TypeScript compiler over all projects; it skips those that have not changed. */
function compile() {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  if (!existsSync(compiler)) fail('the compiler is not installed: run npm install first');
  const { status, error } = spawnSync(
    process.execPath,
    [compiler, '-b', '--pretty', `${!!process.stderr.isTTY}`],
    {
      cwd: root,
      stdio: 'inherit',
    },
  );
  if (error) fail(`the compiler did not start: ${error.message}`);
  if (status !== 0) fail('the TypeScript sources do not compile (see above)');
}

/** After the compiler, which has forgotten the deleted sources by then and compiles them anew should they come back. */
function removeStale() {
  const game = join(root, 'game-server');
  const removed = [
    ...readdirSync(join(root, 'framework')).flatMap((name) =>
      removeStaleOutputs(join(root, 'framework', name, 'src'), join(root, 'framework', name, 'dist'), [
        'bundle',
        'page',
      ]),
    ),
    ...removeStaleOutputs(game, join(game, 'dist'), ['web', 'page-types']),
    ...removeStaleOutputs(join(page, 'src'), join(game, 'dist/page-types')),
    ...removeStaleOutputs(join(root, 'web-admin/src'), join(root, 'web-admin/dist/types')),
  ];
  if (removed.length > 0) console.log(`removed ${removed.length} outputs whose sources are gone`);
}

/** A package manager does so where it installs what has been built; in a clone it installs first. */
function makeCommandsExecutable() {
  for (const name of readdirSync(join(root, 'framework'))) {
    const folder = join(root, 'framework', name);
    const { bin = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const file of Object.values(bin)) chmodSync(join(folder, file), 0o755);
  }
}

async function bundle() {
  try {
    await bundlePackages(root);
  } catch (error) {
    fail(`the packages cannot be bundled: ${error.message}`);
  }
}

function pageIsStale() {
  try {
    const { startedAt, inputs } = JSON.parse(readFileSync(record, 'utf8'));
    return inputs.some((file) => statSync(join(root, file)).mtimeMs > startedAt);
  } catch {
    return true; // never built, built by another version of this script, or an input is gone
  }
}

async function bundlePage() {
  const { build } = await import('esbuild');
  const startedAt = Date.now();
  let result;
  try {
    result = await build({
      absWorkingDir: root,
      entryPoints: [join(page, 'src/main.ts')],
      outfile: join(output, 'main.js'),
      bundle: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      minify: true,
      sourcemap: true,
      metafile: true,
      logLevel: 'error',
    });
  } catch {
    fail('the page of the game cannot be bundled (see above)');
  }
  mkdirSync(output, { recursive: true });
  for (const name of copied) copyFileSync(join(page, name), join(output, name));
  const inputs = [
    ...Object.keys(result.metafile.inputs),
    ...[...copied.map((name) => join(page, name)), fileURLToPath(import.meta.url)].map((file) =>
      relative(root, file),
    ),
  ];
  writeFileSync(record, JSON.stringify({ startedAt, inputs }));
  const bytes = Object.entries(result.metafile.outputs).find(([name]) => name.endsWith('.js'))[1].bytes;
  console.log(
    `page of the game: ${relative(root, dirname(record))} (${(bytes / 1024).toFixed(0)} KiB of script)`,
  );
}

async function bundleAdminPage() {
  let bytes;
  try {
    bytes = await buildAdminPage(root);
  } catch (error) {
    fail(`the page of the admin cannot be bundled: ${error.message}`);
  }
  if (bytes !== undefined)
    console.log(`page of the admin: first load ${(bytes / 1000).toFixed(1)} kB of script, compressed`);
}

function fail(message) {
  console.error(`build: ${message}`);
  process.exit(1);
}
