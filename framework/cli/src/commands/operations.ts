import { parseDuration } from '@pomelo-ts/common';
import { type AskedOptions, withMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { paintFor, type Terminal } from '../terminal.js';
import { answered } from '../view/answered.js';
import { escaped, jsonText } from '../view/escaped.js';
import { operationEnd, operationTable, timeOf } from '../view/operation-table.js';
import { plainProgress } from '../view/plain-progress.js';

/** Names a long operation. */
export interface OperationOptions extends AskedOptions {
  readonly id: number;
  readonly json?: boolean;
}

/** Prints the long operations that go on, and the last ones that are over. */
export async function operations(
  options: AskedOptions & { readonly json: boolean },
  terminal: Terminal,
): Promise<number> {
  return withMaster(options, async ({ client }) => {
    const rows = await client.operate('operations.list', {});
    if (options.json) terminal.out(jsonText(rows, 2));
    else if (rows.length === 0) terminal.out('there are no long operations');
    else terminal.out(operationTable(rows, paintFor(terminal)));
    return exitCodes.fine;
  });
}

/** Tells how far an operation is until it is over; exit code 1 when it has not done all. */
export async function watchOperation(options: OperationOptions, terminal: Terminal): Promise<number> {
  return withMaster(options, async ({ client }) => {
    const view = plainProgress(terminal);
    const row = await client.operate('operations.watch', { id: options.id }, view.onProgress);
    await view.end(row.state !== 'done');
    terminal.out(operationEnd(row));
    return row.state === 'done' ? exitCodes.fine : exitCodes.failure;
  });
}

/** Has an operation wait before its next step, `for` a duration with its unit. */
export async function pauseOperation(
  options: OperationOptions & { readonly for: string },
  terminal: Terminal,
): Promise<number> {
  const forMs = parseDuration(options.for);
  if (forMs === undefined) {
    terminal.err(`expected --for as a duration with its unit, such as "2h"; got ${options.for}`);
    return exitCodes.usage;
  }
  return withMaster(options, async ({ client }) => {
    const row = await client.operate('operations.pause', { id: options.id, forMs });
    const { id, state, target, pausedUntil = '' } = row;
    const when = state === 'paused' ? 'is paused' : 'pauses before its next step';
    const text = `operation ${id} ${when}; meanwhile nobody else can work on ${escaped(target)}, and pomelo-ts operations resume ${id} has it go on; at ${timeOf(pausedUntil)} it ends`;
    answered(options, { answer: row, text }, terminal);
    return exitCodes.fine;
  });
}

/** Has an operation that is paused go on. */
export async function resumeOperation(options: OperationOptions, terminal: Terminal): Promise<number> {
  return withMaster(options, async ({ client }) => {
    const row = await client.operate('operations.resume', { id: options.id });
    answered(options, { answer: row, text: `operation ${row.id} goes on` }, terminal);
    return exitCodes.fine;
  });
}

/** Ends an operation before its next step; tells what was done once it is over. */
export async function endOperation(
  options: OperationOptions & { readonly takeBack: boolean },
  terminal: Terminal,
): Promise<number> {
  const { id, takeBack } = options;
  return withMaster(options, async ({ client }) => {
    await client.operate('operations.end', { id, takeBack });
    const row = await client.operate('operations.watch', { id });
    answered(options, { answer: row, text: operationEnd(row) }, terminal);
    return exitCodes.fine;
  });
}
