import type { RegistryEntry, RegistryView } from '@pomelo-ts/cluster';
import { PomeloError, reasonOf, rendezvous } from '@pomelo-ts/common';
import { shown } from '@pomelo-ts/common/internal';
import {
  type Balancer,
  createBalancer,
  type RouteCandidate,
  type RouteStrategy,
  type RpcNode,
} from '@pomelo-ts/rpc';
import { BackendSession } from '../session/backend-session.js';
import { FrontendSession } from '../session/frontend-session.js';

/** Chooses a server of a type: by a strategy, with the key that `key` makes for `hash`, or by a function of the game. */
export type RouteRule =
  | { readonly by: RouteStrategy; readonly key?: (routeParam: unknown) => unknown }
  | ((routeParam: unknown, servers: readonly RouteCandidate[]) => string | undefined);

type HashRule = Exclude<RouteRule, (...args: never[]) => unknown>;

/** A server that can be chosen now. */
interface Candidate extends RouteCandidate {
  readonly entry: RegistryEntry;
}

interface TypeState {
  readonly rule: RouteRule;
  readonly balancer: Balancer | undefined;
  entries: readonly RegistryEntry[];
  /** All that serve. */
  candidates: readonly Candidate[];
  /** Those of them that take new work. */
  taking: readonly Candidate[];
  /** Of sessions, the one that they were sent to; anew with each change of those that serve. */
  kept: WeakMap<object, KeptPick>;
}

/** What was chosen for a session, and by what. */
interface KeptPick {
  readonly key: string;
  readonly avoided: readonly string[];
  readonly id: string;
}

/** With more servers of a type than these, a session keeps what was chosen for it: to look takes longer than to remember. */
const fewServers = 32;

/**
 * Chooses, for each type of server, the one that a call goes to. Only servers that serve are ever chosen.
 *
 * What is bound to nobody (`roundRobin`, `weighted`, `leastBusy`) goes to those that take new work. A session that is older than a drain stays
 * with its server for as long as that serves; a newer one comes to others, and stays with them. A key that is no session names a server as an
 * address does: it leads where it led. When none may be chosen by that, any that serves is.
 */
export class TypeRouter {
  readonly #registry: RegistryView;
  readonly #node: RpcNode;
  readonly #rules: ReadonlyMap<string, RouteRule>;
  readonly #types = new Map<string, TypeState>();

  constructor(registry: RegistryView, node: RpcNode, rules: ReadonlyMap<string, RouteRule>) {
    this.#registry = registry;
    this.#node = node;
    this.#rules = rules;
  }

  /**
   * The id of the server of `type` for `routeParam`: a session for forwarded requests, whatever the caller gave for RPC.
   *
   * @throws RPC_NO_SERVER, RPC_UNKNOWN_SERVER, ROUTE_FAILED
   */
  pick(type: string, routeParam: unknown): string {
    const state = this.#state(type);
    const { rule, balancer, candidates, taking } = state;
    if (candidates.length === 0) throw new PomeloError('RPC_NO_SERVER', { type });
    if (typeof rule === 'function') return this.#ask(rule, type, routeParam, candidates);
    if (rule.by === 'hash') return this.#byHash(state, keyOf(rule, type, routeParam), routeParam);
    const chosen = balancer!(taking, '');
    if (!chosen) throw new PomeloError('RPC_NO_SERVER', { type });
    return chosen.id;
  }

  /** A session has a key for long: that of its uid, or what the game makes of it. */
  #byHash(state: TypeState, key: string, routeParam: unknown): string {
    const { candidates, kept, balancer } = state;
    const keeps = candidates.length > fewServers && isSession(routeParam);
    const avoided = avoidedBy(routeParam);
    const known = keeps ? kept.get(routeParam) : undefined;
    if (known?.key === key && isSameList(known.avoided, avoided)) return known.id;
    const chosen = balancer!(candidates, key)!;
    const others = this.#othersFor(chosen.id, routeParam, candidates);
    const { id } = others ? rendezvous(key, others, (one) => one.id)! : chosen;
    if (keeps) kept.set(routeParam, { key, avoided, id });
    return id;
  }

  /** Those that may be the session's, when the chosen server may not; undefined when it may, or nobody may. */
  #othersFor(
    chosenId: string,
    routeParam: unknown,
    candidates: readonly Candidate[],
  ): readonly Candidate[] | undefined {
    const avoided = avoidedBy(routeParam);
    if (!avoided.includes(chosenId)) return undefined;
    const others = candidates.filter(({ id }) => !avoided.includes(id));
    return others.length > 0 ? others : undefined;
  }

  /** All servers of a type that serve. */
  idsOf(type: string): string[] {
    return this.#registry.ofType(type).map(({ id }) => id);
  }

  /** Asks the game, and once more with fewer to choose from where its choice may not be the session's. What it then insists on counts. */
  #ask(
    rule: Exclude<RouteRule, HashRule>,
    type: string,
    routeParam: unknown,
    candidates: readonly Candidate[],
  ): string {
    const first = this.#answerOf(rule, type, routeParam, candidates, candidates);
    const others = this.#othersFor(first, routeParam, candidates);
    return others ? this.#answerOf(rule, type, routeParam, others, candidates) : first;
  }

  #answerOf(
    rule: Exclude<RouteRule, HashRule>,
    type: string,
    routeParam: unknown,
    offered: readonly Candidate[],
    candidates: readonly Candidate[],
  ): string {
    let id: string | undefined;
    try {
      id = rule(routeParam, offered);
    } catch (error) {
      throw new PomeloError('ROUTE_FAILED', { type, reason: reasonOf(error) }, { cause: error });
    }
    if (id !== undefined && candidates.some((candidate) => candidate.id === id)) return id;
    if (isThenable(id)) throw new PomeloError('ROUTE_FAILED', { type, reason: asynchronous(id) });
    throw new PomeloError('RPC_UNKNOWN_SERVER', { target: shown(id) });
  }

  #state(type: string): TypeState {
    let state = this.#types.get(type);
    if (!state) {
      const rule = this.#rules.get(type) ?? this.#rules.get('default') ?? ({ by: 'hash' } as const);
      const balancer = typeof rule === 'function' ? undefined : createBalancer(rule.by);
      state = { rule, balancer, entries: [], candidates: [], taking: [], kept: new WeakMap() };
      // A type that nobody has yet must not fill the table with whatever clients invent.
      if (this.#registry.ofType(type).length === 0) return state;
      this.#types.set(type, state);
    }
    const entries = this.#registry.ofType(type);
    if (state.entries !== entries) {
      state.entries = entries;
      state.kept = new WeakMap();
      state.candidates = entries.map((entry) => this.#candidate(entry));
      const taking = new Set(this.#registry.takingNew(type));
      state.taking = state.candidates.filter(({ entry }) => taking.has(entry));
    }
    return state;
  }

  #candidate(entry: RegistryEntry): Candidate {
    const node = this.#node;
    return {
      id: entry.id,
      weight: entry.weight,
      entry,
      get pending() {
        return node.peer(entry.id)?.pending ?? 0;
      },
    };
  }
}

const nobody: readonly string[] = [];

const isSameList = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((one, at) => one === b[at]));

/** Whom a session is never sent to; nobody for what is no session. */
function avoidedBy(routeParam: unknown): readonly string[] {
  return isSession(routeParam) ? routeParam.avoids : nobody;
}

const isSession = (routeParam: unknown): routeParam is FrontendSession | BackendSession =>
  routeParam instanceof FrontendSession || routeParam instanceof BackendSession;

/** Of a route function that gives a promise. What that fails with is told by the error that this is in already. */
function asynchronous(promise: PromiseLike<unknown>): string {
  promise.then(undefined, () => {});
  return 'it gave a promise, but route functions are synchronous: give the id of a server at once';
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}

/** One player's calls go to one server: by uid, before the bind by connection; anything else by its text. */
function keyOf({ key = defaultKey }: HashRule, type: string, routeParam: unknown): string {
  try {
    const made = key(routeParam);
    if (isThenable(made)) throw new Error(asynchronous(made));
    return String(made);
  } catch (error) {
    throw new PomeloError('ROUTE_FAILED', { type, reason: reasonOf(error) }, { cause: error });
  }
}

function defaultKey(routeParam: unknown): unknown {
  if (typeof routeParam !== 'object' || routeParam === null) return routeParam;
  const { uid, frontendId, id } = routeParam as { uid?: unknown; frontendId?: unknown; id?: unknown };
  return uid ?? `${String(frontendId)}:${String(id)}`;
}
