import { signal } from '@preact/signals';
import type { OperationInfo } from '../api/answers.js';
import type { Subject } from './subject.js';

/** What the dialog of actions is about, and what was chosen of them. */
export interface ActionAsked {
  readonly subject: Subject;
  readonly chosen?: OperationInfo;
  /** Whether it began with the choice. */
  readonly direct?: boolean;
}

/** Set while somebody chooses what to do. */
export const actionAsked = signal<ActionAsked | undefined>(undefined);

/** Asks what to do with something. */
export function askAction(subject: Subject): void {
  actionAsked.value = { subject };
}
