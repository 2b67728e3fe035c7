import type { HandlesOf, MeasureTable } from '@pomelo-ts/common';

/** What a master counts of those who sign in to its admin. */
export const accountMeasures = {
  signInFailures: {
    kind: 'counter',
    name: 'admin.signInFailures',
    help: 'Failed tries to sign in to the admin or to prove it again: a wrong name or password, a wrong code, while the account is locked, too early for their address, too many at once, by a link that is over, or at a provider that did not prove who it was, or proved somebody without a role.',
    closed: { label: 'reason', values: ['password', 'code', 'locked', 'early', 'busy', 'link', 'provider'] },
  },
} as const satisfies MeasureTable;

/** Counters of tries that failed, by why. */
export type SignInFailures = HandlesOf<typeof accountMeasures>['signInFailures'];

/** Why a try has failed, as it is counted. */
export type SignInFailure = keyof SignInFailures;

/** All failed tries together. */
export function countOf(failures: SignInFailures): number {
  return Object.values(failures).reduce((sum, { value }) => sum + value, 0);
}
