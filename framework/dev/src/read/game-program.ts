import { dirname } from 'node:path';
import { ts } from '../compiler.js';
import type { GameLayout } from '../layout.js';

/** For a game that has no tsconfig.json. */
const defaultOptions: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
};

/** A file as it is going to be written, whether or not it has been yet. */
export interface PlannedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The compiler's view of a game's handlers, remotes and contract, with `planned` in the place of what is on disk: what a
 * handler answers may depend on what generated types say of a remote.
 */
export function createProgram(layout: GameLayout, planned: PlannedFile): ts.Program {
  const options: ts.CompilerOptions = {
    ...(layout.tsconfig === undefined ? defaultOptions : readOptions(layout.tsconfig)),
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
  const { readFile, fileExists, getSourceFile } = host;
  host.readFile = (file) => (file === planned.path ? planned.text : readFile(file));
  host.fileExists = (file) => file === planned.path || fileExists(file);
  host.getSourceFile = (file, target, ...rest) =>
    file === planned.path
      ? ts.createSourceFile(file, planned.text, target, true)
      : getSourceFile(file, target, ...rest);
  const rootNames = [...layout.services.map(({ path }) => path), planned.path];
  if (layout.contractFile !== undefined) rootNames.push(layout.contractFile);
  return ts.createProgram({ rootNames, options, host });
}

function readOptions(tsconfig: string): ts.CompilerOptions {
  const { config } = ts.readConfigFile(tsconfig, ts.sys.readFile) as { config?: object };
  const parsed = ts.parseJsonConfigFileContent(config ?? {}, ts.sys, dirname(tsconfig), undefined, tsconfig);
  return parsed.options;
}
