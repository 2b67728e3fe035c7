// One file where Node would read a hundred: the packages that every server process loads are bundled, entry by entry of their
// `exports`, into `dist/bundle`. Reading, resolving and linking modules is most of what the start of a server costs.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Packages whose `exports` lead into `dist/bundle`. */
const bundled = ['common', 'protocol', 'views', 'rpc', 'cluster', 'core', 'compat', 'master'];

/** Bundles those that were compiled anew since; gives their names. */
export async function bundlePackages(root) {
  const stale = bundled.filter((name) => isStale(join(root, 'framework', name)));
  await Promise.all(stale.map((name) => bundlePackage(join(root, 'framework', name))));
  return stale;
}

function isStale(folder) {
  try {
    const made = statSync(join(folder, 'dist/bundle/.made')).mtimeMs;
    const inputs = ['dist/.tsbuildinfo', 'package.json'].map((file) => join(folder, file));
    return [...inputs, fileURLToPath(import.meta.url)].some((file) => statSync(file).mtimeMs > made);
  } catch {
    return true; // never made
  }
}

async function bundlePackage(folder) {
  const { build } = await import('esbuild');
  const output = join(folder, 'dist/bundle');
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: [...entriesOf(folder), ...threadsOf(folder)],
    outdir: output,
    outbase: join(folder, 'dist'),
    bundle: true,
    // What is imported only when it is needed stays in files of its own.
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    metafile: true,
    logLevel: 'error',
  });
  const made = new Set(Object.keys(metafile.outputs).map((file) => join(folder, file)));
  for (const entry of readdirSync(output, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && !made.has(file)) rmSync(file);
  }
  checkNamedFiles([...made].filter((file) => file.endsWith('.js')));
  writeFileSync(join(output, '.made'), '');
}

/** The compiled modules that the package's `exports` mean. */
function entriesOf(folder) {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return Object.values(exports).flatMap((to) => {
    const file = typeof to === 'string' ? to : to.default;
    const entry = relative('dist/bundle', file);
    return file.endsWith('.js') ? [entryOf(join(folder, 'dist', entry), entry)] : [];
  });
}

/**
 * The compiled modules that code of the package names by `new URL('./name.js', import.meta.url)`, as it does for a thread. They lie
 * beside the chunk that names them.
 */
function threadsOf(folder) {
  const dist = join(folder, 'dist');
  return readdirSync(dist, { recursive: true })
    .filter((file) => file.endsWith('.js') && !file.startsWith('bundle/'))
    .flatMap((file) =>
      namedFiles(join(dist, file)).map((name) =>
        entryOf(join(dist, dirname(file), name), join('chunks', basename(name))),
      ),
    );
}

function entryOf(file, output) {
  return { in: file, out: output.slice(0, -'.js'.length) };
}

/** A bundle whose code names a file that does not lie beside it would fail when somebody needs that file. */
function checkNamedFiles(outputs) {
  for (const output of outputs)
    for (const name of namedFiles(output))
      if (!existsSync(join(dirname(output), name)))
        throw new Error(`${output} names ${name}, which is not there`);
}

function namedFiles(file) {
  const calls = readFileSync(file, 'utf8').matchAll(
    /new URL\(["'](\.\/[\w./-]+\.js)["'], import\.meta\.url\)/g,
  );
  return [...calls].map(([, name]) => name);
}
