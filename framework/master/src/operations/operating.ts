import type { Principal, ServerEntry } from '@pomelo-ts/cluster';
import type { OperatorHandler } from '@pomelo-ts/cluster/masters';
import type { Clock, Logger } from '@pomelo-ts/common';
import { type Permit, usualPermit } from '../accounts/permit.js';
import type { AuditEntry } from '../audit/audit-record.js';
import type { LongOperations } from '../long-operations/long-operations.js';
import type { OnProgress, Progress } from '../long-operations/progress.js';
import type { Acting } from '../servers/acting.js';
import type { Selection } from '../topology/selection.js';
import type { Asks } from './asks.js';
import type { Commanded } from './commanded.js';
import { Conduct, targetOf } from './conduct.js';
import type { Serving } from './serve.js';
import type { Operations, Verb } from './table.js';

/** What {@link Operating} works with. */
export interface OperatingParts {
  readonly master: Commanded & { readonly entries: readonly ServerEntry[] };
  readonly long: LongOperations;
  /** Whether this master leads now. */
  holds(): boolean;
  readonly audit: { append(entry: AuditEntry): number };
  readonly acting: Acting;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who asks for an operation from within the master's process, and who hears how it goes. */
export interface OperateOptions<Event = Progress> {
  readonly principal: Principal;
  /** What they may do; whoever calls has had them prove it. @default all that admins may */
  readonly permit?: Permit;
  /** What changes it asks for wait for a second person by this. @default one who has the secret of the cluster */
  readonly asks?: Asks;
  /** Whether they can prove who they are, and have not lately: what cuts many clients is refused then. @default false */
  readonly unproved?: boolean;
  readonly onProgress?: (event: Event) => void;
  /** See `Call.whenRead`. @default called at once */
  whenRead?(say: () => void): void;
  /** Aborted when they are gone. @default they stay */
  readonly gone?: AbortSignal;
}

/** Whoever asks from within this process: nobody that goes away before it is done. */
const stays = new AbortController().signal;
const atOnce = (say: () => void) => say();
/** The master by itself. */
const itself: Principal = { name: 'master', via: 'master' };

/** The way to the operations of a master, whose table is loaded when it is needed. */
export class Operating {
  readonly #parts: OperatingParts;
  readonly #conduct: Conduct;
  #serving: Promise<Serving> | undefined;

  constructor(parts: OperatingParts) {
    this.#parts = parts;
    this.#conduct = new Conduct(parts);
  }

  /** Carries out what operators ask for over the link. */
  readonly answer: OperatorHandler = async ({ role, ...call }, progress) =>
    (await this.#served()).operate({ ...call, permit: usualPermit(role) }, progress);

  async operate<V extends Verb>(
    verb: V,
    args: Operations[V]['args'],
    {
      principal,
      permit = usualPermit('admin'),
      asks = 'host',
      unproved = false,
      onProgress = () => {},
      whenRead = atOnce,
      gone = stays,
    }: OperateOptions<Operations[V]['progress']>,
  ): Promise<Operations[V]['answer']> {
    const call = { verb, args, principal, permit, asks, unproved, gone, whenRead };
    const told = onProgress as OnProgress; // what it is told is what the table says of the verb
    return (await this.#served()).operate(call, told) as Promise<Operations[V]['answer']>;
  }

  /** As the operation `servers.start`, but without its table. */
  async start(selection: Selection, onProgress: OnProgress, principal = itself): Promise<readonly string[]> {
    const { master } = this.#parts;
    const servers = master.select(selection);
    const order = {
      verb: 'servers.start',
      args: selection,
      principal,
      target: targetOf(servers, master.entries.length),
      changes: true,
      needs: { servers, topology: false },
      onWait: (operation: string) => onProgress({ kind: 'waiting', operation }),
    };
    return this.#conduct.run(order, () => master.servers.start(servers, selection.ids ?? [], onProgress));
  }

  /** Goes on with what a former master has left, and has the table ready for whoever asks first. */
  goOn(): void {
    const { long, logger } = this.#parts;
    this.#served().then(
      (serving) => {
        for (const operation of long.takeUp()) void serving.goOn(operation);
      },
      (error: unknown) => logger.error('The table of operations cannot be loaded.', { error }),
    );
  }

  /** Writes down what the audit log has not yet. */
  close(): void {
    this.#conduct.close();
  }

  #served(): Promise<Serving> {
    const { master, long, holds } = this.#parts;
    this.#serving ??= import('./serve.js').then(
      ({ Serving }) => new Serving({ master, long, conduct: this.#conduct, holds }),
    );
    return this.#serving;
  }
}
