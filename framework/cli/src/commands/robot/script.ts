import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadDeveloper } from '../../developer.js';
import { WrongOption, wrongOption } from './wrong-option.js';

/**
 * The script as JavaScript: TypeScript is compiled.
 * @throws WrongOption, DEV_PACKAGE_MISSING
 */
export async function scriptFile(script: string): Promise<string> {
  const file = resolve(script);
  if (!existsSync(file) || !statSync(file).isFile())
    throw wrongOption('a script of robots, such as robot/players.ts', `${script}, which is not there`);
  if (/\.[mc]?js$/.test(file)) return file;
  if (!/\.[mc]?ts$/.test(file)) throw wrongOption('a script that ends in .ts or .js', script);
  const { compileScript } = await loadDeveloper('robot');
  const compiled = compileScript(file);
  if (compiled.problems.length === 0) return compiled.file;
  throw new WrongOption(compiled.problems.join('\n      '));
}
