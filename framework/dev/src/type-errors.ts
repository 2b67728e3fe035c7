import { dirname } from 'node:path';
import { ts } from './compiler.js';
import type { GameLayout } from './layout.js';
import { type CompileProblem, problemOf } from './source-compiler.js';

/** The type errors of a game's sources, as its tsconfig.json sees them; none without one. */
export function typeErrors({ root, tsconfig }: GameLayout): readonly CompileProblem[] {
  if (tsconfig === undefined) return [];
  const { config } = ts.readConfigFile(tsconfig, ts.sys.readFile) as { config?: object };
  const { fileNames, options, projectReferences } = ts.parseJsonConfigFileContent(
    config ?? {},
    ts.sys,
    dirname(tsconfig),
    undefined,
    tsconfig,
  );
  const program = ts.createProgram({
    rootNames: fileNames,
    options: { ...options, noEmit: true, composite: false, incremental: false },
    ...(projectReferences ? { projectReferences } : {}),
  });
  return ts.getPreEmitDiagnostics(program).map((one) => problemOf(one, root));
}
