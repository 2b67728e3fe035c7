import type { OperatorCall } from '@pomelo-ts/cluster/masters';
import { PomeloError } from '@pomelo-ts/common';
import { type Permit, usualPermit } from '../accounts/permit.js';
import { plainCourse } from '../long-operations/course.js';
import type { LongOperation } from '../long-operations/long-operation.js';
import type { LongOperations } from '../long-operations/long-operations.js';
import type { OnProgress } from '../long-operations/progress.js';
import { readArguments } from './arguments.js';
import type { Commanded, StandbyCommanded } from './commanded.js';
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
}

const everything: Needs = { servers: 'all', topology: true };
const table: Readonly<Record<string, AnyOperation>> = operations;

/** Carries out what operators ask for, as the table says. */
export class Serving {
  readonly #parts: ServingParts;

  constructor(parts: ServingParts) {
    this.#parts = parts;
  }

  /** @throws OPERATION_UNKNOWN, OPERATION_INVALID, ROLE_LACKING, NOT_LEADING, MASTER_BUSY; what the operation itself throws */
  async operate(asked: PermittedCall, onProgress: OnProgress): Promise<unknown> {
    const { principal, gone, whenRead } = asked;
    const { operation, valid, order } = this.#read(asked, onProgress);
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

  /** What is asked for, or why it is refused. */
  #read(
    { verb, args, principal, permit }: Omit<PermittedCall, 'gone' | 'whenRead'>,
    onProgress: OnProgress,
    long?: LongOperation,
  ) {
    const { conduct, master, holds } = this.#parts;
    const operation = Object.hasOwn(table, verb) ? table[verb] : undefined;
    try {
      if (!holds()) throw new PomeloError('NOT_LEADING', { leader: 'another one' });
      if (!operation) throw new PomeloError('OPERATION_UNKNOWN', unknownFacts(verb));
      requirePermit(verb, operation, permit);
      const valid = readArguments(verb, operation.args, args);
      const also = operation.alsoNeeds?.(valid as never);
      if (also !== undefined) requirePermit(also, table[also]!, permit);
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
      return { operation, valid, order: { ...order, principal, onWait: waitingTo(onProgress) } };
    } catch (error) {
      if (operation?.changes !== false || isPersonal(operation, args))
        conduct.refused({ verb: shortVerb(verb), principal, target: '' }, error);
      throw error;
    }
  }

  #order(verb: string, operation: AnyOperation, args: object, planned: Needs | undefined) {
    const needs = planned ?? this.#needsOf(operation, args);
    const total = this.#parts.master.select({}).length;
    const named = needs && needs.servers !== 'all' ? targetOf(needs.servers, total) : '';
    const { id } = args as { readonly id?: unknown };
    const target = named || (typeof id === 'string' || typeof id === 'number' ? String(id) : '');
    const { changes, hadEffect } = operation;
    return {
      verb,
      args,
      target,
      changes,
      needs,
      ...(isPersonal(operation, args) && { personal: true }),
      ...(hadEffect && { hadEffect }),
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
