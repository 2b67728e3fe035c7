// Preloaded into every process of a game (NODE_OPTIONS=--import=…): writes down which modules each loads, in the folder that
// NOTE_MODULES names, one URL a line. Hooks run in a thread of their own, which loads this file once more.
import { appendFileSync } from 'node:fs';
import { register } from 'node:module';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

if (isMainThread) register(import.meta.url);

export async function load(url, context, nextLoad) {
  appendFileSync(join(process.env.NOTE_MODULES, String(process.pid)), `${url}\n`);
  return nextLoad(url, context);
}
