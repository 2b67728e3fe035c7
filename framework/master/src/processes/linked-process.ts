import type { LinkHub } from '@pomelo-ts/cluster/masters';
import type { Clock } from '@pomelo-ts/common';
import type { Exit, ServerProcess } from './server-process.js';

/** How long a server may be without its link before it counts as ended: as long as the hub keeps its place. */
const goneMs = 5000;

/** What a {@link LinkedProcess} is made of. */
export interface LinkedLife {
  readonly id: string;
  readonly bootId: string;
  /** On its own host, perhaps in a container: nothing to send signals to. */
  readonly pid: number;
  readonly hub: LinkHub;
  readonly clock: Clock;
  stopTimeoutMs(): number;
}

/** A process that something else has started, anywhere: all that is known of it is its link. */
export class LinkedProcess implements ServerProcess {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly #life: LinkedLife;
  #end: (exit: Exit) => void = () => {};

  constructor(life: LinkedLife) {
    this.pid = life.pid;
    this.#life = life;
    this.exited = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** It is asked to stop; SIGKILL gives it up, and it ends when it hears that it has no place any more. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    const { hub, id, bootId, stopTimeoutMs } = this.#life;
    if (signal === 'SIGTERM') hub.stop(id, stopTimeoutMs());
    else {
      hub.expel(id, bootId);
      this.#end({ code: null, signal });
    }
  }

  /** Nothing is known of its host. */
  async hostAnswers(): Promise<boolean> {
    return false;
  }

  async lastLines(): Promise<readonly string[]> {
    return []; // whoever runs it has them
  }

  /** Its link has ended; `left` tells a goodbye from a break. */
  linkLost(left: boolean): void {
    const { id, bootId, hub, clock } = this.#life;
    if (left) this.#end({ code: null, signal: null, reason: 'it left the cluster' });
    else
      clock.after(goneMs, () => {
        if (!hub.isLinked(id, bootId)) this.#end({ code: null, signal: null, reason: 'its link was lost' });
      });
  }
}
