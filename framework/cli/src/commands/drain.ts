import { withMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { selectionOf } from '../selection.js';
import type { Terminal } from '../terminal.js';
import { escaped } from '../view/escaped.js';
import { count } from '../view/units.js';
import { withProgress } from '../view/with-progress.js';
import type { SelectingOptions } from './stop.js';

/** Options of `pomelo-ts drain`. */
export interface DrainOptions extends SelectingOptions {
  /** Also when no other server of their type takes new work. */
  readonly force: boolean;
}

/** Has servers keep what they have and be sent nothing new. */
export async function drain(options: DrainOptions, terminal: Terminal): Promise<number> {
  const { force } = options;
  const { drained } = await withMaster(options, ({ client }) =>
    withProgress('drain', [], terminal, (onProgress) =>
      client.operate('servers.drain', { ...selectionOf(options), force }, onProgress),
    ),
  );
  terminal.out(
    drained.length === 0
      ? 'nothing changed: those of them that run drain already'
      : `${count(drained.length, 'server')} ${drained.length === 1 ? 'drains' : 'drain'}: ${escaped(drained.join(' '))}; pomelo-ts list shows how many clients are left, pomelo-ts undrain takes it back`,
  );
  return exitCodes.fine;
}

/** Has servers that drain take new work again. */
export async function undrain(options: SelectingOptions, terminal: Terminal): Promise<number> {
  const { undrained } = await withMaster(options, ({ client }) =>
    withProgress('undrain', [], terminal, (onProgress) =>
      client.operate('servers.undrain', selectionOf(options), onProgress),
    ),
  );
  terminal.out(
    undrained.length === 0
      ? 'nothing changed: none of them drains'
      : `${count(undrained.length, 'server')} ${undrained.length === 1 ? 'takes' : 'take'} new work again: ${escaped(undrained.join(' '))}`,
  );
  return exitCodes.fine;
}
