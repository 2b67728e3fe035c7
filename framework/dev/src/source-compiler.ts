import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { reasonOf } from '@pomelo-ts/common';
import { ts } from './compiler.js';
import { problemOf, readTsconfig } from './tsconfig.js';

/** What is wrong with a source, as `app/servers/chat/handler/chatHandler.ts:12:5: ';' expected.` */
export type CompileProblem = string;

/** Sources that were saved, and those that are gone. */
export interface SourceChanges {
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Compiles the TypeScript sources of a game one by one as they are saved. Types are not looked at, so that it takes no time
 * worth telling: a type error is a matter of the check, which runs beside it.
 */
export class SourceCompiler {
  readonly #root: string;
  readonly #tsconfig: string;

  constructor(root: string, tsconfig: string) {
    this.#root = root;
    this.#tsconfig = tsconfig;
  }

  /** Compiles what is newer than its output; gives what is wrong. */
  compileStale(): readonly CompileProblem[] {
    return this.#withConfig(({ fileNames, options }) => {
      const stale = fileNames.filter((file) => isSource(file) && isStale(file, outputOf(file, options)));
      return stale.flatMap((file) => this.#compile(file, options));
    });
  }

  /** Takes saved and deleted sources over into the output; gives what is wrong. What has an error keeps its old output. */
  update({ changed, removed }: SourceChanges): readonly CompileProblem[] {
    return this.#withConfig(({ fileNames, options }) => {
      const own = new Set(fileNames);
      for (const file of removed.filter(isSource)) {
        const output = outputOf(file, options);
        for (const path of output === undefined ? [] : [output, `${output}.map`])
          rmSync(path, { force: true });
      }
      return changed
        .filter((file) => isSource(file) && own.has(file))
        .flatMap((file) => this.#compile(file, options));
    });
  }

  /** Nothing is compiled while tsconfig.json, which may be half written, cannot be read. */
  #withConfig(
    compile: (config: ts.ParsedCommandLine) => readonly CompileProblem[],
  ): readonly CompileProblem[] {
    let config: ts.ParsedCommandLine;
    try {
      config = readTsconfig(this.#root, this.#tsconfig);
    } catch (error) {
      return [reasonOf(error)];
    }
    return compile(config);
  }

  #compile(file: string, options: ts.CompilerOptions): readonly CompileProblem[] {
    const output = outputOf(file, options);
    if (output === undefined) return [];
    const { outputText, diagnostics, sourceMapText } = ts.transpileModule(readFileSync(file, 'utf8'), {
      fileName: file,
      reportDiagnostics: true,
      compilerOptions: {
        ...options,
        module: moduleKindOf(file, options),
        declaration: false,
        declarationMap: false,
        composite: false,
      },
    });
    // What concerns the options is for the check of types to tell: here a module kind stands in for another.
    const problems = (diagnostics ?? []).filter((one) => one.file !== undefined);
    if (problems.length > 0) return problems.map((one) => problemOf(one, this.#root));
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, outputText);
    if (sourceMapText !== undefined) writeFileSync(`${output}.map`, sourceMapText);
    return [];
  }
}

/** By itself a file cannot tell which kind of module it is: for Node that is said by its ending, or by package.json. */
function moduleKindOf(file: string, options: ts.CompilerOptions): ts.ModuleKind {
  const { module = ts.ModuleKind.ESNext } = options;
  if (module < ts.ModuleKind.Node16 || module > ts.ModuleKind.NodeNext) return module;
  const format = ts.getImpliedNodeFormatForFile(file, undefined, ts.sys, {
    ...options,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });
  return format === ts.ModuleKind.ESNext ? ts.ModuleKind.ESNext : ts.ModuleKind.CommonJS;
}

function isSource(file: string): boolean {
  return /\.[mc]?tsx?$/.test(file) && !/\.d\.[mc]?ts$/.test(file);
}

function isStale(source: string, output: string | undefined): boolean {
  if (output === undefined) return false;
  return !existsSync(output) || statSync(output).mtimeMs < statSync(source).mtimeMs;
}

/** Where the compiler writes what it makes of a source; undefined without an `outDir`. */
function outputOf(file: string, { outDir, rootDir }: ts.CompilerOptions): string | undefined {
  if (outDir === undefined || rootDir === undefined) return undefined;
  const path = relative(rootDir, file);
  if (path.startsWith('..')) return undefined;
  return join(outDir, path.replace(/\.([mc]?)tsx?$/, '.$1js'));
}
