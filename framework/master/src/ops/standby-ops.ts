import type { Clock, Logger } from '@pomelo-ts/common';
import type { OpsOpening } from '@pomelo-ts/common/ops';
import type { SharedStore } from '../servers/shared-store.js';
import type { OpsPlace } from './ops-place.js';

/** What a master that stands by tells of. */
export interface StandbyOpsParts {
  readonly id: string;
  /** Where others find this master. */
  readonly host: string;
  readonly root: string;
  readonly sharedStore: SharedStore;
  /** Who leads, for people; undefined while that is not known. */
  leader(): string | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The port for metrics and health of a master that stands by: of its store, its disks and its process. When the store is away none leads, and
 * these are the ones that can tell.
 */
export class StandbyOps {
  readonly #place: OpsPlace;
  readonly #parts: StandbyOpsParts;
  #opening: Promise<OpsOpening> | undefined;

  constructor(place: OpsPlace, parts: StandbyOpsParts) {
    this.#place = place;
    this.#parts = parts;
  }

  /** Opens the port, or closes it, as may be: the master that leads goes first, and may be on the same machine. */
  async allow(may: boolean): Promise<void> {
    const opening = this.#opening;
    if (may === (opening !== undefined)) return;
    this.#opening = may ? this.#open() : undefined;
    await (await opening)?.close();
  }

  /** What it takes is loaded where such a port is configured alone. */
  async #open(): Promise<OpsOpening> {
    const { openStandbyPort } = await import('./standby-port.js');
    return openStandbyPort(this.#place, this.#parts);
  }
}
