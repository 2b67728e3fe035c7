import { parentPort, workerData } from 'node:worker_threads';
import { reasonOf } from '@pomelo-ts/common';
import { generate, writeFiles } from './generate.js';
import { findLayout, type GameLayout } from './layout.js';
import { SourceCache } from './read/game-program.js';
import type { CheckResult } from './type-checker.js';
import { typeErrors } from './type-errors.js';

/** Runs beside the dev mode: reading the types of a whole game takes its time. Each message asks for one check. */
const { root } = workerData as { root: string };
const cache = new SourceCache();

function check(): CheckResult {
  try {
    return checkTypes(findLayout(root));
  } catch (error) {
    return { problems: [reasonOf(error)], written: [], warnings: [] };
  }
}

/** What keeps the sources from compiling also keeps them from giving a contract, with reasons that nobody needs to read then. */
function checkTypes(layout: GameLayout): CheckResult {
  try {
    const { files, warnings } = generate(root, cache);
    const written = writeFiles(root, files);
    return { problems: typeErrors(layout), written, warnings };
  } catch (error) {
    const problems = typeErrors(layout);
    if (problems.length === 0) throw error;
    return { problems, written: [], warnings: [] };
  }
}

parentPort!.on('message', () => parentPort!.postMessage(check()));
