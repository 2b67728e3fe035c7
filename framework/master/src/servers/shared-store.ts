import type { HealthFinding } from '@pomelo-ts/common/ops';

/** The store that masters share, as this one sees it. */
export interface SharedStore {
  /** `etcd`. */
  readonly kind: string;
  /** Whether it answers; other than `UP` when it does not. */
  readonly health: HealthFinding;
}
