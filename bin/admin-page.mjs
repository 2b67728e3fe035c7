// The web admin page: bundled by vite into the package that serves it, with a compressed file beside each that gains by it. Only when an
// input has changed.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, gzipSync } from 'node:zlib';

const compressed = /\.(?:js|css|html|svg)$/;

/** Builds the page below `root` if it is stale; gives how many bytes of script its first load is, or nothing when nothing was done. */
export async function buildAdminPage(root) {
  const source = join(root, 'web-admin');
  const output = join(root, 'framework/admin/dist/page');
  // Not in the folder of the page: all that is there is served, and published.
  const record = join(source, 'dist/.page-inputs.json');
  const inputs = inputsOf(root);
  if (existsSync(join(output, 'index.html')) && !isStale(record, inputs)) return undefined;
  const startedAt = Date.now();
  const { build } = await import('vite');
  await build({
    configFile: false,
    root: source,
    logLevel: 'error',
    resolve: { alias: { '@pomelo-ts/views': join(root, 'framework/views/src/index.ts') } },
    esbuild: false,
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    build: {
      outDir: output,
      emptyOutDir: true,
      target: 'es2022',
      // Its script would stand in the page itself, which the policy of the page forbids; browsers do it by themselves.
      modulePreload: { polyfill: false },
      // Images as data in style sheets are forbidden, too.
      assetsInlineLimit: 0,
      reportCompressedSize: false,
      sourcemap: false,
    },
  });
  for (const file of filesIn(output).filter((name) => compressed.test(name)))
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION }));
  writeFileSync(record, JSON.stringify({ startedAt, inputs: inputs.map((file) => relative(root, file)) }));
  return firstLoadBytes(output);
}

/** All that the page is made of. */
function inputsOf(root) {
  return [
    ...filesIn(join(root, 'web-admin/src')),
    join(root, 'web-admin/index.html'),
    ...filesIn(join(root, 'framework/views/src')),
    join(root, 'package-lock.json'),
    fileURLToPath(import.meta.url),
  ];
}

function isStale(record, inputs) {
  try {
    const { startedAt, inputs: before } = JSON.parse(readFileSync(record, 'utf8'));
    // A file that is gone is seen by the number of them, as one that came by its time.
    return before.length !== inputs.length || inputs.some((file) => statSync(file).mtimeMs > startedAt);
  } catch {
    return true; // never built, or by another version of this script
  }
}

/** Compressed bytes of the scripts that the page names: what a browser has to have before anything is shown. */
export function firstLoadBytes(output) {
  const page = readFileSync(join(output, 'index.html'), 'utf8');
  const names = [...page.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map(([, name]) => name);
  return names.reduce((sum, name) => sum + statSync(join(output, `${name}.gz`)).size, 0);
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
