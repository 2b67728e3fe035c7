// What each package lets others import, read from the sources: a line for each name, `package/entry: name`. `npm run docs` writes it to
// test/public-exports.txt, and the architecture test compares: so whoever adds a public name sees it in the diff, and decides.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The lines of all packages in `framework`, sorted. */
export function publicExports(framework) {
  return readdirSync(framework)
    .sort()
    .flatMap((name) => {
      const { name: packageName, exports = {} } = JSON.parse(
        readFileSync(join(framework, name, 'package.json'), 'utf8'),
      );
      return Object.entries(exports).flatMap(([entry, targets]) =>
        sourcesOf(targets).flatMap(({ source, condition }) => {
          const title = `${join(packageName, entry)}${condition}`;
          const names = [...exportedNames(join(framework, name, source))].sort();
          return names.length > 0 ? names.map((one) => `${title}: ${one}`) : [`${title}: nothing, it is run`];
        }),
      );
    });
}

/** Sources that an entry of `exports` is made of; browsers may get another one. A package.json is nobody's source. */
function sourcesOf(targets) {
  if (typeof targets === 'string') return [];
  const { types, browser, default: other } = targets;
  return [
    { source: sourceOf(types ?? other), condition: '' },
    ...(browser ? [{ source: sourceOf(browser), condition: ' (browser)' }] : []),
  ];
}

function sourceOf(built) {
  return built.replace(/^\.\/dist\/(bundle\/)?/, 'src/').replace(/(\.d\.ts|\.js)$/, '.ts');
}

/** Names that a module exports; those of types begin with `type `. */
function exportedNames(file) {
  const text = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const names = new Set();
  for (const [, from] of text.matchAll(/^export \* from '([^']+)'/gm)) {
    for (const name of exportedNames(resolve(dirname(file), from.replace(/\.js$/, '.ts')))) names.add(name);
  }
  for (const [, kind, list] of text.matchAll(/^export (type |const )?\{([^}]*)\}/gm)) {
    for (const item of list.split(',').map((part) => part.trim())) {
      if (item !== '') {
        const name = item.replace(/^(type )?.* as /, '$1');
        names.add(kind === 'type ' ? `type ${name}` : name);
      }
    }
  }
  const declared =
    /^export (?:declare )?(?:(interface|type)|(?:abstract |async )?(?:class|function\*?|const|let|enum)) (\w+)/gm;
  for (const [, type, name] of text.matchAll(declared)) names.add(type ? `type ${name}` : name);
  if (/^export default /m.test(text)) names.add('default');
  return names;
}
