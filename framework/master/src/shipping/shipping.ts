import type { Clock, Measures } from '@pomelo-ts/common';
import type { AuditLog } from '../audit/audit-log.js';
import { AuditTail } from './audit-tail.js';
import { PositionFile } from './position-file.js';
import { type ReceiversParts, receiversOf } from './receivers-of.js';
import { Shipper } from './shipper.js';
import { shippingMeasures, unshippedMeasure } from './shipping-measures.js';

/** How long what is written last may take to be sent when a master ends, in ms. */
const lastMs = 1000;

/** What {@link Shipping} works with. */
export interface ShippingParts extends ReceiversParts {
  readonly audit: Pick<AuditLog, 'read' | 'onWritten'>;
  readonly measures: Measures;
  readonly clock: Clock;
}

/**
 * Sends each record of the audit log to receivers, once it is in its file, and after a restart from where it was. A new receiver gets
 * what is written from then on.
 */
export class Shipping {
  readonly #shippers: readonly Shipper[];
  readonly #stop: () => void;
  #written: number;

  constructor(parts: ShippingParts) {
    const { audit, root, measures, clock, logger } = parts;
    this.#written = audit.read({ limit: 1 }).records[0]?.n ?? 0;
    const positions = new PositionFile(root, logger);
    const { shipped, shipFailures: failures, shipMissed: missed } = measures.makeAll(shippingMeasures);
    const counters = { shipped, failures, missed };
    this.#shippers = receiversOf(parts).map((receiver) => {
      const { name } = receiver;
      const known = positions.get(name);
      if (known === undefined) positions.set(name, this.#written);
      const keep = (n: number) => positions.set(name, n);
      const position = known ?? this.#written;
      return new Shipper({ receiver, tail: new AuditTail(root), position, keep, clock, logger, ...counters });
    });
    measures.make(unshippedMeasure, { read: () => this.#unshipped });
    this.#stop = audit.onWritten((n) => this.#wake(n));
    this.#wake(this.#written);
  }

  /** Ends it; what was written last has a moment to be sent. */
  async close(): Promise<void> {
    this.#stop();
    await Promise.all(this.#shippers.map((shipper) => shipper.close(lastMs)));
  }

  #wake(n: number): void {
    this.#written = n;
    for (const shipper of this.#shippers) shipper.wake();
  }

  get #unshipped(): number {
    return Math.max(0, ...this.#shippers.map(({ position }) => this.#written - position));
  }
}
