import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ts } from './compiler.js';
import type { CompileProblem } from './source-compiler.js';
import { problemOf } from './tsconfig.js';

/** A script that can be run, or why it cannot. */
export interface CompiledScript {
  /** JavaScript, with a map of its lines; only when there are no problems. */
  readonly file: string;
  readonly problems: readonly CompileProblem[];
}

const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  inlineSourceMap: true,
};

/**
 * Compiles a script in TypeScript and what it imports of its own into `node_modules/.cache/pomelo-ts` of the package it stands in,
 * where it finds the libraries that it found at its own place. Types are not looked at.
 *
 * @throws the file system's error when the script cannot be read, or the folder not be written
 */
export function compileScript(script: string): CompiledScript {
  const folder = join(packageOf(script), 'node_modules', '.cache', 'pomelo-ts', 'scripts');
  mkdirSync(folder, { recursive: true });
  const compiler = new ScriptCompiler(folder);
  return { file: compiler.take(resolve(script)), problems: compiler.problems };
}

class ScriptCompiler {
  readonly problems: CompileProblem[] = [];
  readonly #folder: string;
  readonly #outputs = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Compiles a file, once, and gives its output. */
  take(file: string): string {
    const known = this.#outputs.get(file);
    if (known !== undefined) return known;
    const output = this.#outputOf(file);
    this.#outputs.set(file, output);
    const { outputText, diagnostics = [] } = ts.transpileModule(readFileSync(file, 'utf8'), {
      fileName: file,
      reportDiagnostics: true,
      // Errors name the script, not the output.
      compilerOptions: { ...options, sourceRoot: pathToFileURL(dirname(file)).href },
      transformers: { before: [(context) => (source) => this.#moved(source, file, context)] },
    });
    this.problems.push(...diagnostics.map((one) => problemOf(one, process.cwd())));
    writeFileSync(output, outputText);
    return output;
  }

  /** Two files of one name in two folders are two. */
  #outputOf(file: string): string {
    const mark = createHash('sha256').update(file).digest('hex').slice(0, 12);
    return join(this.#folder, `${basename(file).replace(/\.[mc]?ts$/, '')}-${mark}.mjs`);
  }

  /** Has what stands for another place lead there from the output: relative imports, and `import.meta`. */
  #moved(source: ts.SourceFile, file: string, context: ts.TransformationContext): ts.SourceFile {
    const { factory } = context;
    const visit = (node: ts.Node): ts.Node => {
      if (isOfTypesOnly(node)) return node;
      if (ts.isStringLiteral(node) && isSpecifier(node))
        return factory.createStringLiteral(this.#target(node.text, file));
      if (ts.isPropertyAccessExpression(node) && ts.isMetaProperty(node.expression)) {
        const own = { url: pathToFileURL(file).href, filename: file, dirname: dirname(file) };
        const value = own[node.name.text as keyof typeof own];
        if (value !== undefined) return factory.createStringLiteral(value);
      }
      return ts.visitEachChild(node, visit, context);
    };
    return ts.visitEachChild(source, visit, context);
  }

  #target(specifier: string, importer: string): string {
    if (!/^\.{1,2}(\/|$)/.test(specifier)) return specifier;
    const path = resolve(dirname(importer), specifier);
    const source = sourceOf(path);
    return pathToFileURL(source === undefined ? path : this.take(source)).href;
  }
}

/** The TypeScript that an import means: `./rooms.js`, `./rooms.ts` or `./rooms` for `rooms.ts`; undefined for JavaScript. */
function sourceOf(path: string): string | undefined {
  const names = [path, path.replace(/\.([mc]?)js$/, '.$1ts'), `${path}.ts`, join(path, 'index.ts')];
  return names.find((name) => /(?<!\.d)\.[mc]?ts$/.test(name) && existsSync(name) && statSync(name).isFile());
}

function isOfTypesOnly(node: ts.Node): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  return ts.isImportDeclaration(node) && node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

function isSpecifier(node: ts.StringLiteral): boolean {
  const { parent } = node;
  // Nodes that a transformation has made have no parent.
  if (parent === undefined) return false;
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent))
    return parent.moduleSpecifier === node;
  return ts.isCallExpression(parent) && parent.expression.kind === ts.SyntaxKind.ImportKeyword;
}

/** The nearest folder above with a package.json; without one, the script's own. */
function packageOf(script: string): string {
  const own = dirname(resolve(script));
  for (let folder = own; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return own;
  }
}
