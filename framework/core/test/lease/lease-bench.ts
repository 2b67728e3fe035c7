import { MemoryStore } from '@pomelo-ts/cluster';
import { FileNotes, LeaseService } from '@pomelo-ts/cluster/leases';
import { PomeloError, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { Leases } from '../../src/lease/leases.js';

/** A link to the lease service that can be cut, and one clock for all. */
export class LeaseBench {
  readonly clock = new FakeClock();
  readonly store = new MemoryStore({ clock: this.clock });
  readonly service = new LeaseService({ store: this.store, notes: new FileNotes(), clock: this.clock });
  /** Whether the servers reach the master. */
  linked = true;
  /** Whether answers of the master reach the servers. */
  answers = true;
  /** Commands that have reached the master. */
  readonly asked: string[] = [];
  /** How many leases servers were told to have lost. */
  lost = 0;
  /** What is done between a question and its answer. */
  onAnswer: () => void = () => {};

  /** The leases of a server. */
  server(id: string, bootId = `${id} life`): Leases {
    const ask = async (command: string, args: unknown): Promise<unknown> => {
      if (!this.linked) throw lost();
      this.asked.push(command);
      if (!this.service.knows(command)) throw new Error(command);
      const answer = await this.service.serve({ id, bootId }, command, args);
      this.onAnswer();
      if (!this.answers) throw lost();
      return answer;
    };
    return new Leases({
      serverId: id,
      master: { ask },
      clock: this.clock,
      logger: silentLogger,
      onLost: () => this.lost++,
      random: () => 1,
    });
  }

  /** Lets time pass in steps that are short beside any lease. */
  pass(ms: number): Promise<void> {
    return this.clock.letPass(ms);
  }
}

const lost = (): PomeloError => new PomeloError('LINK_LOST', { peer: 'the master', reason: 'it was cut' });
