import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import type { RobotScript } from './definition.js';
import { placeOf, shortPath } from './place.js';
import { RobotError } from './robot-error.js';

/**
 * Imports a script. `name` is what messages call it.
 * @throws RobotError with file and line when it cannot be loaded, or exports no robots
 */
export async function loadScript(file: string, name: string): Promise<RobotScript> {
  let module: { readonly default?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    throw new RobotError(loadProblem(error, file, name), { cause: error });
  }
  const script = module.default;
  const { player } = (script ?? {}) as Partial<RobotScript>;
  if (typeof player === 'function') return script as RobotScript;
  const got = script === undefined ? 'nothing' : `something without a function player`;
  throw new RobotError(
    `${name} exports ${got} by default: expected export default defineRobot({ async player(robot) { … } })`,
  );
}

/** What went wrong in a script, and where. */
export function loadProblem(error: unknown, file: string, name: string): string {
  if (!(error instanceof Error)) return `${name} threw while it was loaded: ${String(error)}`;
  const place = error instanceof SyntaxError ? placeOfSyntax(file) : placeOf(error);
  return `${place ?? name}: ${error.message}`;
}

/** Node tells only on standard error where the syntax of a module is wrong. */
function placeOfSyntax(file: string): string | undefined {
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' });
  const [, path, line] = /^(?:file:\/\/)?(\/.+):(\d+)$/m.exec(stderr) ?? [];
  return path === undefined ? undefined : `${shortPath(path)}:${line}`;
}
