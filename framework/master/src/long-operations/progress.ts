import type { ServerProgress } from '../supervisor/server-progress.js';
import type { OperationRow } from './kept-operation.js';

/** What an operator is told while an operation goes on. */
export type Progress =
  /** Another operation is under way, such as `restart of chat-1`: it goes first. */
  | { readonly kind: 'waiting'; readonly operation: string }
  /** It waits until a second person approves it, under this id, until then in ms since 1970. */
  | { readonly kind: 'approval'; readonly id: string; readonly until: number }
  /** Of a long operation: it was begun, paused, ended, or has come a step further. */
  | { readonly kind: 'operation'; readonly operation: OperationRow }
  | ServerProgress;

/**
 * Told of each step of an operation, in order, while it goes on. Must not throw.
 *
 * @example await master.start({}, (progress) => console.log(progress.kind));
 */
export type OnProgress = (progress: Progress) => void;
