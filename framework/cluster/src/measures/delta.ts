import type { MeasureDefinition, MeasureOwner } from '@pomelo-ts/common';

/**
 * What has changed in a server's measures since the last message over this link. The numbers are what they are, and not what was added:
 * one that comes twice changes nothing, and a new link begins with all of them, so that one that broke loses nothing.
 */
export interface MeasuresDelta {
  /** Measures that were not told before over this link, each with its number here. */
  readonly made?: readonly (readonly [measure: number, definition: MeasureDefinition, owner: MeasureOwner])[];
  /** Values of open labels (empty for a measure without one) that were not told before, each with its number here. */
  readonly rows?: readonly (readonly [row: number, measure: number, value: string])[];
  /** For each row that has changed: its number, then slot and number, again and again. Null is a gauge that is not known. */
  readonly slots?: readonly (readonly (number | null)[])[];
  /** Something was not told over this link at all yet, and comes with the next ones: what is not here is not 0. */
  readonly more?: true;
}
