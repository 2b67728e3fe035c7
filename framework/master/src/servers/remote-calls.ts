import type { RegistryEntry } from '@pomelo-ts/cluster';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { type Clock, PomeloError } from '@pomelo-ts/common';
import { objectOf, textOf } from '../hosts/said.js';

/** A call of a remote, as an operator wants it. */
export interface WantedCall {
  /** `type.remote.method`. */
  readonly method: string;
  readonly args: readonly unknown[];
  /** The server that it is called on. @default one of its type that is ready, in turn */
  readonly id?: string | undefined;
  readonly timeoutMs: number;
}

/** What a remote has answered. */
export interface CallAnswer {
  /** The server that it was called on. */
  readonly id: string;
  readonly value: unknown;
  readonly ms: number;
}

/** What a process that hangs has beside its time, in ms. */
const graceMs = 1000;
/** Longest answer, in characters of JSON; a server keeps to less. */
const mostText = 1024 * 1024;

/** Calls remotes of the game for operators. */
export class RemoteCalls {
  readonly #hub: Pick<LinkHub, 'registry' | 'ask'>;
  readonly #clock: Clock;
  #turn = 0;

  constructor(hub: Pick<LinkHub, 'registry' | 'ask'>, clock: Clock) {
    this.#hub = hub;
    this.#clock = clock;
  }

  /** @throws REMOTE_NOWHERE, REMOTE_FAILED with what the remote has thrown; SERVER_SILENT, SERVER_COMMAND_FAILED */
  async call({ method, args, id: wanted, timeoutMs }: WantedCall): Promise<CallAnswer> {
    const { id } = this.#serverFor(method, wanted);
    const begun = this.#clock.now();
    const ask = { method, args, timeoutMs };
    const outcome = await this.#hub.ask(id, 'call remote', ask, timeoutMs + graceMs, readOutcome);
    if ('reason' in outcome) throw new PomeloError('REMOTE_FAILED', { method, serverId: id, ...outcome });
    return { id, value: outcome.value, ms: Math.round(this.#clock.now() - begun) };
  }

  #serverFor(method: string, wanted: string | undefined): RegistryEntry {
    const [type = ''] = method.split('.');
    const able = this.#hub.registry.all.filter(
      (entry) => (entry.state === 'ready' || entry.state === 'draining') && entry.type === type,
    );
    const server =
      wanted === undefined
        ? able[this.#turn++ % Math.max(1, able.length)]
        : able.find(({ id }) => id === wanted);
    if (server) return server;
    const which = wanted === undefined ? 'no server' : `no server ${wanted}`;
    throw new PomeloError('REMOTE_NOWHERE', { method, which, type });
  }
}

type Outcome = { readonly value: unknown } | { readonly code: string; readonly reason: string };

function readOutcome(answer: unknown): Outcome {
  const { json, code, reason } = objectOf(answer);
  if (reason !== undefined) return { code: textOf(code, 200), reason: textOf(reason, 5000) };
  return { value: JSON.parse(textOf(json, mostText)) as unknown };
}
