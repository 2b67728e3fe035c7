import type { OperatorCall } from '@pomelo-ts/cluster/masters';
import { PomeloError } from '@pomelo-ts/common';
import { type Permit, usualPermit } from '../accounts/permit.js';
import { redacted } from '../audit/redacted.js';
import { plainCourse } from '../long-operations/course.js';
import type { LongOperation } from '../long-operations/long-operation.js';
import type { LongOperations } from '../long-operations/long-operations.js';
import type { OnProgress } from '../long-operations/progress.js';
import { readArguments } from './arguments.js';
import type { Asks } from './asks.js';
import type { Commanded, StandbyCommanded } from './commanded.js';
import type { Compared } from './compared.js';
import { type Conduct, type Order, targetOf } from './conduct.js';
import type { AnyOperation, Call } from './operation.js';
import { requirePermit, requireReach, requireScope } from './require-permit.js';
import { operations } from './table.js';
import type { Needs, Widen } from './turns.js';

/** What {@link Serving} works with. */
export interface ServingParts {
  readonly master: Commanded;
  readonly long: LongOperations;
  readonly conduct: Conduct;
  /** Whether this master leads now: after a pause of the process, somebody may ask before its timers tell. */
  holds(): boolean;
}

/** What somebody asks for, and what they may have done. */
export interface PermittedCall extends Omit<OperatorCall, 'role'> {
  readonly permit: Permit;
  readonly asks?: Asks;
  /** Whether whoever asks has not proved lately who they are, and can. */
  readonly unproved?: boolean;
}

type ReadCall = Omit<PermittedCall, 'gone' | 'whenRead'>;

const everything: Needs = { servers: 'all', topology: true };
const table: Readonly<Record<string, AnyOperation>> = operations;

/** Carries out what operators ask for, as the table says. */
export class Serving {
  readonly #parts: ServingParts;

  constructor(parts: ServingParts) {
    this.#parts = parts;
  }

  /**
   * @throws OPERATION_UNKNOWN, OPERATION_INVALID, ROLE_LACKING, NOT_LEADING, MASTER_BUSY; APPROVAL_PERSON, APPROVAL_REFUSED, APPROVAL_EXPIRED;
   * what the operation itself throws
   */
  async operate(asked: PermittedCall, onProgress: OnProgress): Promise<unknown> {
    const { principal, gone, whenRead } = asked;
    const approved = this.#waits(asked) ? await this.#approved(asked, onProgress) : {};
    const { operation, valid, order: plain } = this.#read(asked, onProgress); // as all is now: it may have waited
    const order = { ...plain, ...approved };
    const call = { principal, onProgress, gone, whenRead };
    if (operation.long) return this.#begin(operation, valid, order, call);
    if (operation.turn.takes === 'last') {
      this.#parts.conduct.beginLast(order, operation.turn.interrupts(valid as never));
      await this.#parts.long.endAll();
    }
    return this.#parts.conduct.run(order, (widen) =>
      this.#carryOut(operation, valid, { ...call, servers: serversOf(order), widen, course: plainCourse() }),
    );
  }

  /** Goes on with what a former master has left. What comes of it is told to who watches it. */
  async goOn(long: LongOperation): Promise<void> {
    try {
      // whoever has begun it was let do so then
      const { operation, valid, order } = this.#read(
        { ...long.kept, permit: usualPermit('admin') },
        long.progress,
        long,
      );
      await this.#run(operation, valid, order, long);
    } catch (error) {
      await long.fail(error); // of no matter where it is over already
    }
  }

  /** Whether a second person is needed. Who has the secret of the cluster can do all of it without this master, and waits for nobody. */
  #waits({ verb, args, asks = 'host' }: PermittedCall): boolean {
    if (asks === 'host' || !Object.hasOwn(table, verb)) return false;
    const { needsProof = false, takesTwo } = table[verb]!;
    const isGrave = needsProof || (takesTwo?.((args ?? {}) as never, this.#parts.master) ?? false);
    return this.#parts.master.approvals.needed(verb, isGrave);
  }

  /**
   * Waits for a second person.
   *
   * @throws APPROVAL_PERSON, APPROVAL_REFUSED, APPROVAL_EXPIRED, MASTER_BUSY, AUDIT_UNWRITABLE
   */
  async #approved(asked: PermittedCall, onProgress: OnProgress): Promise<{ readonly approvedBy: string }> {
    const { verb, principal, gone, asks } = asked;
    const operation = table[verb]!;
    const { master, conduct } = this.#parts;
    const { valid, order } = this.#read(asked, onProgress);
    if (asks === 'program') {
      const error = new PomeloError('APPROVAL_PERSON', { verb });
      conduct.refused(order, error);
      throw error;
    }
    const { target } = order;
    const shown = { verb, by: principal.name, ...(target !== '' && { target }), args: redacted(valid) };
    const row = master.approvals.begin(shown);
    const mayAsk = (permit: Permit) => void this.#check({ ...asked, permit }, operation);
    const entry = { verb: 'approvals.ask', principal, target: verb, args: { id: row.id, ...shown } };
    return {
      approvedBy: await conduct.approved(entry, () => {
        const waiting = master.approvals.wait(row, mayAsk, gone);
        onProgress({ kind: 'approval', id: row.id, until: row.until });
        return waiting;
      }),
    };
  }

  /** What is asked for, or why it is refused. */
  #read(asked: ReadCall, onProgress: OnProgress, long?: LongOperation) {
    const { verb, args, principal } = asked;
    const { conduct, holds } = this.#parts;
    const operation = Object.hasOwn(table, verb) ? table[verb] : undefined;
    try {
      if (!holds()) throw new PomeloError('NOT_LEADING', { leader: 'another one' });
      if (!operation) throw new PomeloError('OPERATION_UNKNOWN', unknownFacts(verb));
      const { valid, order } = this.#check(asked, operation, long);
      return { operation, valid, order: { ...order, principal, onWait: waitingTo(onProgress) } };
    } catch (error) {
      if (operation?.changes !== false || isPersonal(operation, args))
        conduct.refused({ verb: shortVerb(verb), principal, target: '' }, error);
      throw error;
    }
  }

  /** Whether somebody with a permit may ask for it so. @throws ROLE_LACKING, SCOPE_LACKING, OPERATION_INVALID, APPROVAL_MISSING, APPROVAL_PERSON, PROOF_NEEDED */
  #check({ verb, args, permit, asks, unproved }: ReadCall, operation: AnyOperation, long?: LongOperation) {
    const { master } = this.#parts;
    requirePermit(verb, operation, permit);
    const valid = readArguments(verb, operation.args, args);
    const also = operation.alsoNeeds?.(valid as never);
    if (also !== undefined) requirePermit(also, table[also]!, permit);
    const judged = operation.judges?.(valid as never);
    if (judged !== undefined) {
      if (asks === 'program') throw new PomeloError('APPROVAL_PERSON', { verb });
      master.approvals.requireMay(judged, permit);
    }
    requireReach(verb, operation.reaches?.(master, valid as never) ?? [], permit, (role) =>
      master.accounts.permit(role),
    );
    const planned = long?.kept.steps.map(({ name }) => name) ?? [];
    const there = new Set(master.select({}));
    const needs = planned.length > 0 ? serversAlone(planned.filter((id) => there.has(id))) : undefined;
    const order = this.#order(verb, operation, valid, needs);
    requireScope(verb, operation, permit, {
      needs: order.needs,
      args: valid,
      servers: () => master.list(),
    });
    if (unproved && operation.provesWhen?.holds(valid as never, master))
      throw new PomeloError('PROOF_NEEDED', {});
    return { valid, order };
  }

  #order(verb: string, operation: AnyOperation, args: object, planned: Needs | undefined) {
    const needs = planned ?? this.#needsOf(operation, args);
    const total = this.#parts.master.select({}).length;
    const about = needs ? needs.servers : (operation.about?.(args as never, this.#parts.master) ?? []);
    const named = about !== 'all' && about.length > 0 ? targetOf(about, total) : '';
    const { changes, hadEffect, compare } = operation;
    const target = named || nameIn(args, changes !== false);
    return {
      verb,
      args,
      target,
      changes,
      needs,
      ...(isPersonal(operation, args) && { personal: true }),
      ...(hadEffect && { hadEffect }),
      ...(compare && {
        compare: () => compare(this.#parts.master, args as never) as (result: unknown) => Compared,
      }),
    };
  }

  #needsOf({ turn }: AnyOperation, args: object): Needs | undefined {
    const { master } = this.#parts;
    switch (turn.takes) {
      case 'servers':
        return serversAlone(turn.which(args as never, master));
      case 'topology':
        return { servers: turn.which(args as never, master), topology: true };
      case 'everything':
        return everything;
      default:
        return undefined;
    }
  }

  /** Whoever has begun it is told of it like one who watches; when nobody hears that any more, it goes on. */
  async #begin(
    operation: AnyOperation,
    args: object,
    order: Order,
    { onProgress, gone }: Pick<Call, 'onProgress' | 'gone'>,
  ): Promise<unknown> {
    const { verb, principal, target } = order;
    const takeBack = operation.long?.takeBack ? ({ canTakeBack: true } as const) : {};
    const long = await this.#parts.long.begin({ verb, args, principal, target, ...takeBack });
    void long.watch(onProgress, gone);
    return this.#run(operation, args, { ...order, onWait: waitingTo(long.progress) }, long);
  }

  async #run(operation: AnyOperation, args: object, order: Order, long: LongOperation): Promise<unknown> {
    const { conduct, master } = this.#parts;
    const onProgress = long.progress;
    const work = async (widen: Widen) => {
      await long.run();
      const call = { principal: order.principal, onProgress, servers: serversOf(order), widen, course: long };
      try {
        return await this.#carryOut(operation, args, {
          ...call,
          gone: long.signal,
          whenRead: (say) => say(),
        });
      } catch (error) {
        if (long.kept.takeBack) await operation.long?.takeBack?.(master, long, onProgress);
        throw error;
      }
    };
    try {
      const numbered = { ...order, operationId: long.id, signal: long.signal, aside: () => pauseOf(long) };
      const result = await conduct.run(numbered, work);
      await long.succeed(result);
      return result;
    } catch (error) {
      await long.fail(error);
      throw error;
    }
  }

  async #carryOut(operation: AnyOperation, args: object, call: Call): Promise<unknown> {
    return operation.carryOut(this.#parts.master, args as never, call);
  }
}

/** What a master that stands by answers. @throws NOT_LEADING, OPERATION_UNKNOWN, OPERATION_INVALID, ROLE_LACKING */
export async function serveStandby(
  { verb, args, role }: Pick<OperatorCall, 'verb' | 'args' | 'role'>,
  master: StandbyCommanded,
  leader: string,
): Promise<unknown> {
  const operation = Object.hasOwn(table, verb) ? table[verb] : undefined;
  if (!operation) throw new PomeloError('OPERATION_UNKNOWN', unknownFacts(verb));
  requirePermit(verb, operation, usualPermit(role));
  if (!operation.standby) throw new PomeloError('NOT_LEADING', { leader });
  return operation.standby(master, readArguments(verb, operation.args, args) as never);
}

const serversAlone = (servers: readonly string[]): Needs => ({ servers, topology: false });

const serversOf = ({ needs }: Pick<Order, 'needs'>): readonly string[] =>
  needs && needs.servers !== 'all' ? needs.servers : [];

/** What a pause has those know who wait for the operation. */
const pauseOf = ({ id, row }: LongOperation): string =>
  row.state === 'paused' ? `, which is paused: pomelo-ts operations resume ${id} has it go on` : '';

const waitingTo =
  (onProgress: OnProgress) =>
  (operation: string): void =>
    onProgress({ kind: 'waiting', operation });

/** Longest name of an operation that is shown: it is the word of who asks. */
const longestVerb = 60;
const shortVerb = (verb: string): string => verb.slice(0, longestVerb);

const unknownFacts = (verb: string) => ({ verb: shortVerb(verb), known: Object.keys(table).join(', ') });

/** Whether what such arguments ask for shows what is somebody's own. Arguments may be anything yet. */
function isPersonal({ personal = false }: AnyOperation, args: unknown): boolean {
  if (typeof personal === 'boolean') return personal;
  return typeof args === 'object' && args !== null && personal(args as never);
}

/**
 * What an operation is for beside servers: an operation or a server by its id, and of what changes something the user, account or
 * key, so that the log and the record of its end name them too.
 */
function nameIn(args: object, changes: boolean): string {
  const { id, uid, name } = args as Readonly<Record<'id' | 'uid' | 'name', unknown>>;
  const told = [id, ...(changes ? [uid, name] : [])].find(
    (one) => typeof one === 'string' || typeof one === 'number',
  );
  return told === undefined ? '' : String(told);
}
