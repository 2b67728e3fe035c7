import { signal } from '@preact/signals';
import { session } from './session-store.js';

/** A change of one's own that waits for a second person. */
export interface OwnApproval {
  readonly number: number;
  readonly verb: string;
  readonly id: string;
}

/** Those of this page, the oldest first. */
export const ownApprovals = signal<readonly OwnApproval[]>([]);

let numbers = 0;

/** Whether a verb waits for a second person when whoever is signed in asks for it. */
export const approvalAsked = (verb: string): boolean => session.value?.approvals?.includes(verb) ?? false;

/** Shows that a call waits, from when it says so until it is over. */
export function noteApproval(verb: string): { told(event: unknown): void; over(): void } {
  const number = ++numbers;
  const others = () => ownApprovals.value.filter((one) => one.number !== number);
  return {
    told(event) {
      const { kind, id } = event as { readonly kind?: string; readonly id?: string };
      // whatever else it tells, it is carried out then
      ownApprovals.value = kind === 'approval' ? [...others(), { number, verb, id: id ?? '' }] : others();
    },
    over() {
      ownApprovals.value = others();
    },
  };
}
