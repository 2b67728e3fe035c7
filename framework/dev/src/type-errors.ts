import { ts } from './compiler.js';
import type { GameLayout } from './layout.js';
import type { CompileProblem } from './source-compiler.js';
import { problemOf, readTsconfig } from './tsconfig.js';

/** The type errors of a game's sources, as its tsconfig.json sees them; none without one. */
export function typeErrors({ root, tsconfig }: GameLayout): readonly CompileProblem[] {
  if (tsconfig === undefined) return [];
  const { fileNames, options, projectReferences } = readTsconfig(root, tsconfig);
  const program = ts.createProgram({
    rootNames: fileNames,
    options: { ...options, noEmit: true, composite: false, incremental: false },
    ...(projectReferences ? { projectReferences } : {}),
  });
  return ts.getPreEmitDiagnostics(program).map((one) => problemOf(one, root));
}
