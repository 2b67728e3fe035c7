import { readFileSync } from 'node:fs';
import { basename, relative, resolve } from 'node:path';
import { exitCodes } from '../failure.js';
import type { GlobalOptions } from '../game.js';
import { ofOwnPackage } from '../own-package.js';
import { paintFor, type Terminal } from '../terminal.js';
import { count } from '../view/units.js';
import { ask, choose } from './init/ask.js';
import { type Language, languages, type Template, templates } from './init/choices.js';
import { ownClone, withPackagesOf } from './init/clone-packages.js';
import { checkGameFolder, writeGame } from './init/game-folder.js';

/** Options of `pomelo-ts init`. What is undefined is asked for, or is the usual where nobody can answer. */
export interface InitOptions extends GlobalOptions {
  readonly folder?: string | undefined;
  readonly template?: Template | undefined;
  readonly language?: Language | undefined;
  /** Writes into a folder that is not empty. */
  readonly force: boolean;
}

/** Makes a new game. Gives the exit code. */
export async function init(options: InitOptions, terminal: Terminal): Promise<number> {
  const folder = options.folder ?? (await ask(terminal, 'folder of the game', 'my-game'));
  if (folder === undefined) return gaveUp(terminal);
  const root = resolve(options.directory, folder);
  checkGameFolder(root, options.force);
  const template = options.template ?? (await choose(terminal, 'template', templates, 'chat'));
  if (template === undefined) return gaveUp(terminal);
  const language = options.language ?? (await choose(terminal, 'language', languages, 'ts'));
  if (language === undefined) return gaveUp(terminal);
  const files = filesOf(template, language, basename(root));
  const clone = ownClone();
  if (clone !== undefined) files['package.json'] = withPackagesOf(clone, files['package.json']!, root);
  const written = writeGame(root, files);
  const paint = paintFor(terminal);
  const what = `${template}, ${languages[language]}, ${count(written, 'file')}`;
  terminal.out(`${paint('green', 'made')} ${basename(root)} (${what})`);
  if (clone !== undefined) terminal.out(`its packages are those of the clone in ${clone}`);
  terminal.out(nextSteps(relative(process.cwd(), root), template).join('\n'));
  return exitCodes.fine;
}

/** The files of a template, which the build has made of the reference game, for a game of this name. */
function filesOf(template: Template, language: Language, name: string): Record<string, string> {
  const file = ofOwnPackage(`dist/templates/${template}-${language}.json`);
  const texts = JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
  return Object.fromEntries(
    Object.entries(texts).map(([path, text]) => [path, text.replaceAll('{{name}}', name)]),
  );
}

function nextSteps(path: string, template: Template): string[] {
  const open = template === 'empty' ? '' : ', then open http://127.0.0.1:3014/ in two windows';
  const steps = [
    ...(path ? [`cd ${/\s/.test(path) ? JSON.stringify(path) : path}`] : []),
    'npm install',
    `npm run dev     what you save is live${open}`,
    'npm test',
  ];
  return ['', ...steps.map((step) => `  ${step}`), '', 'README.md says what each folder is.'];
}

function gaveUp(terminal: Terminal): number {
  terminal.err('nothing was made');
  return exitCodes.interrupted;
}
