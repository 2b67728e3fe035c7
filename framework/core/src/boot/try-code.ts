import { once } from 'node:events';
import { readFileSync, writeSync } from 'node:fs';
import { Script } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { appFileOf } from '@pomelo-ts/cluster/internal';
import { importFile, importModule } from '../dispatch/app-modules.js';
import { hooksFileOf, serviceFiles } from '../dispatch/module-files.js';
import { readCode } from '../server/code-files.js';
import { syntaxErrorIn, tellsPlaceAlone } from '../server/syntax-error.js';
import { type CodeTrial, loadedFd, loadedWord } from '../server/trial-word.js';
import { toldError } from './told-error.js';
import type { TrialLife } from './watch-parent.js';

const kinds = ['handler', 'remote', 'cron', 'filter'] as const;
const oldApp = /['"](?:@pomelo-ts\/compat|pomelo|pinus)['"]/;

/**
 * Loads the code that a server of this type runs, and starts nothing of it: modules are imported, no class is made and no
 * `setUp` is called. An old app does its work while it is loaded, so of one only the syntax is looked at.
 *
 * @throws APP_LOAD_FAILED, APP_INVALID; SyntaxError
 */
export async function loadForTrial({ appDir, type }: CodeTrial): Promise<void> {
  const apps = [appFileOf(appDir)].filter((file) => file !== undefined);
  const services = kinds.flatMap((kind) => serviceFiles(appDir, type, kind));
  const hooks = [hooksFileOf(appDir, type)].filter((file) => file !== undefined);
  const texts = textsOf([...apps, ...services, ...hooks]);
  if ([...texts.values()].some((text) => oldApp.test(text))) {
    for (const [file, text] of texts) compile(file, text);
    return;
  }
  for (const file of apps) await importFile(file, '');
  for (const file of [...services, ...hooks]) await importModule(file);
}

/** Carries out a trial in this process, which ends with it: with its word and code 0, or with 1 and the mistake on its standard error. */
export async function tryCode(trial: CodeTrial & TrialLife): Promise<never> {
  // What a module has begun, a port that it opens say, is nothing that is tried here.
  process.on('uncaughtException', () => {});
  process.on('unhandledRejection', () => {});
  process.stdin.on('end', () => process.exit(1)).resume(); // nobody waits for this any more
  await watchParent(trial);
  try {
    await loadForTrial(trial);
    writeSync(loadedFd, loadedWord);
  } catch (error) {
    const mistake = syntaxErrorIn(error);
    process.stderr.write(`${toldError(error)}\n`);
    process.removeAllListeners('uncaughtException');
    // Only Node itself knows the file and line of such a mistake, and tells them of an error that nobody catches.
    if (mistake) await new Promise(() => setImmediate(() => throwIt(tellsPlaceAlone(mistake))));
    process.exit(1);
  }
  process.exit(0);
}

/**
 * Has a thread end this process with the one that waits for it, also while the code that is tried lets nobody else run. Where options
 * of Node forbid threads, that hears of it once it lets go.
 */
async function watchParent({ parent, lastsMs }: TrialLife): Promise<void> {
  if (process.permission?.has('worker') === false) return;
  const workerData: TrialLife = { parent, lastsMs };
  // what the game's options load belongs to the game's thread
  const worker = new Worker(new URL('./watch-parent.js', import.meta.url), {
    workerData,
    execArgv: [],
    env: {},
  });
  await once(worker, 'online');
  worker.unref();
}

function throwIt(error: Error): never {
  throw error;
}

function textsOf(roots: readonly string[]): Map<string, string> {
  const texts = new Map<string, string>();
  for (const file of readCode(roots).keys())
    if (/\.[cm]?js$/.test(file)) texts.set(file, readFileSync(file, 'utf8'));
  return texts;
}

/** Compiles a CommonJS module. Of an ES module Node alone could tell, by running it. */
function compile(filename: string, text: string): void {
  if (/^\s*(?:import|export)\b/m.test(text)) return;
  new Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, { filename });
}
