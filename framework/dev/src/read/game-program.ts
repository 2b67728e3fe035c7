import { ts } from '../compiler.js';
import type { GameLayout } from '../layout.js';
import { readTsconfig } from '../tsconfig.js';

/** For a game that has no tsconfig.json. */
const defaultOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
};

/**
 * Parsed files by path, so that reading a game again costs little: those of the language and of libraries stay the same. For
 * one set of compiler options.
 */
export class SourceCache {
  readonly #files = new Map<string, ts.SourceFile>();

  /** The file with this text, parsed now or before. */
  get(path: string, text: string, options: ts.CreateSourceFileOptions): ts.SourceFile {
    const known = this.#files.get(path);
    if (known?.text === text && known.impliedNodeFormat === options.impliedNodeFormat) return known;
    const file = ts.createSourceFile(path, text, options, true);
    this.#files.set(path, file);
    return file;
  }
}

/** A file as it is going to be written, whether or not it has been yet. */
export interface PlannedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The compiler's view of a game's handlers, remotes and contract, with `planned` in the place of what is on disk: what a
 * handler answers may depend on what generated types say of a remote.
 */
export function createProgram(layout: GameLayout, planned: PlannedFile, cache: SourceCache): ts.Program {
  const options: ts.CompilerOptions = {
    ...(layout.tsconfig === undefined ? defaultOptions : readTsconfig(layout.root, layout.tsconfig).options),
    allowJs: true,
    noEmit: true,
    composite: false,
    incremental: false,
    declaration: false,
    declarationMap: false,
    skipLibCheck: true,
  };
  // Written for the build, and of no use to a program that only reads.
  for (const name of ['rootDir', 'outDir', 'tsBuildInfoFile']) delete options[name];
  const host = ts.createCompilerHost(options, true);
  host.getCurrentDirectory = () => layout.root;
  const { readFile, fileExists } = host;
  host.readFile = (file) => (file === planned.path ? planned.text : readFile(file));
  host.fileExists = (file) => file === planned.path || fileExists(file);
  host.getSourceFile = (file, target) => {
    const text = host.readFile(file);
    return text === undefined ? undefined : cache.get(file, text, parseOptions(target));
  };
  const rootNames = [...layout.services.map(({ path }) => path), planned.path];
  if (layout.contractFile !== undefined) rootNames.push(layout.contractFile);
  return ts.createProgram({ rootNames, options, host });
}

function parseOptions(target: ts.ScriptTarget | ts.CreateSourceFileOptions): ts.CreateSourceFileOptions {
  return typeof target === 'object' ? target : { languageVersion: target };
}
