import { systemClock } from '@pomelo-ts/common';
import { FileJournal } from './journal.js';
import { lastStates } from './kept-operation.js';
import { LongOperation } from './long-operation.js';

/**
 * Ends what a master that was killed has left in the files of its game: whoever kills everything does not want the next master to go on
 * with it. Gives how many there were.
 */
export async function endLeftOperations(root: string, env: string): Promise<number> {
  const journal = new FileJournal(root, env);
  const left = (await journal.read()).filter(({ state }) => !lastStates.has(state));
  const keep = (operation: (typeof left)[number]) => journal.write(operation);
  const parts = { keep, clock: systemClock, wallTime: Date.now };
  for (const kept of left) await new LongOperation(kept, parts).cutOff();
  return left.length;
}
