// One file where Node would read a hundred: the packages that every server process and every command loads are bundled, entry by entry
// of their `exports` and `bin`, into `dist/bundle`. Reading, resolving and linking modules is most of what the start of a process costs.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Packages whose `exports` lead into `dist/bundle`, with those of their entries that processes load at their start: what the entries of one
 * list import is one chunk, but for what those of a list before it do. All else is divided by which entries need it.
 */
const bundled = {
  common: [['index', 'internal']],
  protocol: [['index']],
  views: [['index']],
  rpc: [['index', 'internal']],
  cluster: [['index', 'internal']],
  core: [['index', 'boot/main']],
  compat: [['index']],
  master: [['index', 'internal']],
  cli: [['daemon-main'], ['main']], // a master in the background reads no command line
};

/** Libraries that go into the bundle: zod is 95 files, most of them the messages of other languages. */
const inlined = ['zod'];

const licensesFile = 'LICENSES.txt';

/** Bundles those that were compiled anew since; gives their names. */
export async function bundlePackages(root) {
  const stale = Object.keys(bundled).filter((name) => isStale(join(root, 'framework', name)));
  await Promise.all(stale.map((name) => bundlePackage(join(root, 'framework', name), bundled[name])));
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

async function bundlePackage(folder, firsts) {
  const { build } = await import('rolldown');
  const dist = join(folder, 'dist');
  const input = Object.fromEntries([...entriesOf(folder), ...threadsOf(dist)]);
  const entries = new Set(Object.values(input));
  const { output } = await build({
    input,
    cwd: folder,
    platform: 'node',
    // Other packages stay imports: whoever else imports them must get the same module.
    external: (id) => /^[^./]/.test(id) && !inlined.includes(id),
    plugins: [compiled],
    preserveEntrySignatures: 'allow-extension',
    checks: { ineffectiveDynamicImport: false },
    logLevel: 'warn',
    output: {
      dir: join(dist, 'bundle'),
      format: 'esm',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name]-[hash].js',
      sourcemap: true,
      comments: false,
      codeSplitting: {
        // An entry stays by itself: one that awaits at its top would make all wait that import the chunk, and it for them.
        groups: firsts.map((names, n) => {
          const loaded = importedBy(names.map((name) => join(dist, `${name}.js`)));
          const name = n === firsts.length - 1 ? 'first' : basename(names[0]);
          return { name, priority: firsts.length - n, test: (id) => loaded.has(id) && !entries.has(id) };
        }),
        includeDependenciesRecursively: false,
      },
    },
  });
  finish(folder, output);
}

/** Removes what former bundles left, looks whether this one is whole, and says that it is made. */
function finish(folder, outputs) {
  const bundle = join(folder, 'dist/bundle');
  const made = new Set(outputs.map(({ fileName }) => join(bundle, fileName)));
  for (const entry of readdirSync(bundle, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.isFile() && !made.has(file)) rmSync(file);
  }
  checkNamedFiles([...made].filter((file) => file.endsWith('.js')));
  writeLicenses(
    bundle,
    outputs.flatMap(({ moduleIds = [] }) => moduleIds),
  );
  writeFileSync(join(bundle, '.made'), '');
}

/** Stacks shall lead to the sources, by the maps of the compiler. */
const compiled = {
  name: 'compiled',
  load(id) {
    const map = `${id}.map`;
    return existsSync(map) ? { code: readFileSync(id, 'utf8'), map: readFileSync(map, 'utf8') } : null;
  },
};

/** What a library's licence asks of those who copy it. */
function writeLicenses(bundle, modules) {
  const libraries = inlined.filter((name) => modules.some((id) => id.includes(`/node_modules/${name}/`)));
  if (libraries.length === 0) return;
  const texts = libraries.map((name) => {
    const license = fileURLToPath(new URL('LICENSE', import.meta.resolve(`${name}/package.json`)));
    return `This folder has parts of ${name}:\n\n${readFileSync(license, 'utf8')}`;
  });
  writeFileSync(join(bundle, licensesFile), texts.join('\n'));
}

/** The compiled modules that the package's `exports` and `bin` mean, by the names of their outputs. */
function entriesOf(folder) {
  const { exports, bin = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return [...Object.values(exports), ...Object.values(bin)].flatMap((to) => {
    const file = typeof to === 'string' ? to : to.default;
    const entry = relative('dist/bundle', file);
    return file.endsWith('.js') ? [[withoutEnd(entry), join(folder, 'dist', entry)]] : [];
  });
}

/**
 * The compiled modules that code of the package names by `new URL('./name.js', import.meta.url)`, as it does for a thread. They lie
 * beside the chunk that names them.
 */
function threadsOf(dist) {
  return compiledIn(dist).flatMap((file) =>
    namedFiles(file).map((name) => [join('chunks', withoutEnd(basename(name))), join(dirname(file), name)]),
  );
}

const compiledIn = (dist) =>
  readdirSync(dist, { recursive: true })
    .filter((file) => file.endsWith('.js') && !file.startsWith('bundle/'))
    .map((file) => join(dist, file));

const withoutEnd = (file) => file.slice(0, -'.js'.length);

/** These modules and all that they import as they are loaded, and what that imports. */
function importedBy(files, found = new Set()) {
  for (const file of files.filter((one) => existsSync(one) && !found.has(one))) {
    found.add(file);
    const imports = readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)\s(?:[^;]*?\sfrom\s)?'(\.[^']+)'/gm,
    );
    importedBy(
      [...imports].map(([, name]) => resolve(dirname(file), name)),
      found,
    );
  }
  return found;
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
