// What `pomelo-ts init` writes: the reference game, and what differs, as one file of texts for each template and language.
// `node bin/templates.mjs <folder>` lays all of them out in a folder, to look at.
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { manifestOf } from './templates/manifest.mjs';
import { keepRegions } from './templates/regions.mjs';
import { stripTypes } from './templates/strip-types.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const overlays = join(root, 'framework/cli/templates');
/** Where they go: into the package of the command line. */
const output = join(root, 'framework/cli/dist/templates');
const inputs = [
  'game-server',
  'config',
  'framework/cli/templates',
  'framework/dev/src',
  'framework/cli/package.json',
  'bin',
  'package.json',
  'biome.json',
];

/** What each template leaves of the reference game, what it has of its own, and which regions of files. */
const templates = {
  chat: { regions: ['chat', 'page'], leaves: /arena|^robot\/|Protos\.json5$/ },
  arena: { regions: ['arena', 'page'], leaves: /^$/ },
  empty: { regions: ['empty'], leaves: /^(?!app\/servers\/gate\/|config\/master)/, own: 'empty' },
};
const languages = ['ts', 'js'];
/** What no game has of the reference game: it is about this repository, made anew, or other in the overlay. */
const leftByAll =
  /(^|\/)(dist|generated|schema)\/|contract\.json$|(package|tsconfig)\.json$|test\/config\.test\.ts$/;

/** Makes them anew when what they are made of is not what it was. */
export async function makeTemplates() {
  const made = join(output, 'made');
  const state = stateOfInputs();
  if (existsSync(made) && readFileSync(made, 'utf8') === state) return;
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'pomelo-ts-templates-'));
  try {
    await layOutAll(work);
    for (const folder of gamesIn(work))
      writeFileSync(join(output, `${folder}.json`), JSON.stringify(textsIn(join(work, folder))));
  } finally {
    rmSync(work, { recursive: true });
  }
  writeFileSync(made, state);
  console.log(`templates of pomelo-ts init: ${relative(root, output)}`);
}

/** Lays out every template in every language, each in a folder of its own in `work`. */
async function layOutAll(work) {
  const { generate, writeFiles, SourceCache } = await import('../framework/dev/dist/index.js');
  symlinkSync(join(root, 'node_modules'), join(work, 'node_modules'));
  for (const name of Object.keys(templates))
    for (const language of languages) layOut(name, language, join(work, `${name}-${language}`));
  format(work);
  const cache = new SourceCache();
  for (const folder of gamesIn(work)) {
    const game = join(work, folder);
    writeFiles(game, generate(game, cache).files);
  }
}

function layOut(name, language, game) {
  const { regions, leaves, own } = templates[name];
  const wanted = (path) => !leaves.test(path) && !leftByAll.test(path);
  copy(join(root, 'game-server'), game, wanted);
  copy(join(root, 'config'), join(game, 'config'), (file) => wanted(`config/${file}`));
  copy(join(overlays, 'overlay'), game, (file) => regions.includes('page') || !file.startsWith('web/'));
  if (own) copy(join(overlays, own), game, () => true);
  const hasPage = regions.includes('page');
  const kept = [...regions, language, ...(language === 'ts' || hasPage ? ['output'] : [])];
  for (const file of filesIn(game)) adapt(game, file, { name, language, kept });
  const manifest = manifestOf(root, { language, hasPage, hasRobot: name === 'arena' });
  writeFileSync(join(game, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

function copy(from, to, wanted) {
  for (const file of filesIn(from).filter(wanted)) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(from, file), join(to, file));
  }
}

/** Makes of a file of the reference game the one that the template has. */
function adapt(game, file, { name, language, kept }) {
  const path = join(game, file);
  if (file === 'gitignore') return renameSync(path, join(game, '.gitignore'));
  let text = keepRegions(readFileSync(path, 'utf8'), kept, file);
  if (/config\/(?!dictionary).*\.json5$/.test(file))
    text = replaced(text, '"./schema/', '"../node_modules/pomelo-ts/schema/', file);
  if (file === 'web/index.html' && name === 'chat') text = replaced(text, 'Arena', 'Chat', file);
  if (language === 'ts') return writeFileSync(path, text);
  rmSync(path);
  if (file.endsWith('tsconfig.json')) return;
  if (file.endsWith('.ts')) text = stripTypes(text, file);
  // The app is run as it is, so its folder is the game's own; the page alone is built.
  if (file === 'app.ts' && kept.includes('page'))
    text = replaced(text, "join(app.appDir, 'web')", "join(app.appDir, 'dist', 'web')", file);
  writeFileSync(path.replace(/\.ts$/, '.js'), text.replace(/\.ts\b/g, '.js'));
}

/** A change that would no longer change anything is a mistake of this script. */
function replaced(text, from, to, file) {
  if (!text.includes(from)) throw new Error(`${file} has no ${from} any more`);
  return text.replaceAll(from, to);
}

/** As the repository's own sources are formatted: what was left out has left gaps. */
function format(work) {
  const { formatter, javascript } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
  writeFileSync(join(work, 'biome.json'), JSON.stringify({ root: true, formatter, javascript }));
  const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const args = [biome, 'format', '--write', '--log-level=error', ...gamesIn(work)];
  execFileSync(process.execPath, args, { cwd: work, stdio: ['ignore', 'ignore', 'inherit'] });
}

const gamesIn = (work) =>
  readdirSync(work, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

/** The files below a folder by their paths in it, without what was installed or built. */
function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => !/(^|\/)(node_modules|dist)\//.test(file))
    .sort();
}

const textsIn = (game) =>
  Object.fromEntries(filesIn(game).map((file) => [file, readFileSync(join(game, file), 'utf8')]));

/** Which files the inputs are, and when each was last changed. */
function stateOfInputs() {
  const files = inputs.flatMap((input) => {
    const path = join(root, input);
    return statSync(path).isDirectory() ? filesIn(path).map((file) => join(path, file)) : [path];
  });
  return files.map((file) => `${relative(root, file)} ${statSync(file).mtimeMs}\n`).join('');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [, , folder] = process.argv;
  if (folder === undefined) await makeTemplates();
  else {
    mkdirSync(folder, { recursive: true });
    await layOutAll(folder);
  }
}
