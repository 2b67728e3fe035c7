import { type Logger, reasonOf } from '@pomelo-ts/common';
import { briefError, shorten } from '@pomelo-ts/common/internal';
import { decodeUtf8, encodeJson, type HandshakeSystem, handshakeCode } from '@pomelo-ts/protocol';
import type { AcceptorContext, AcceptorHooks, ConnectAnswer, ProbeEntrance } from '../acceptor.js';
import type { ClientSession } from '../client-link.js';
import type { CoreMeasures } from '../measures.js';
import type { HandshakeParts } from '../wire/client-format.js';
import type { ConnectionFacts } from './connect-info.js';

type Refusal = Extract<ConnectAnswer, { refuse: unknown }>;

/** A client whose handshake is answered. */
export interface Greeted {
  /** What is known of it until it has been answered. */
  readonly facts: ConnectionFacts | undefined;
  /** Whom its messages go to: a probe of the cluster gets another session. Without it, none is let in. */
  session?: ClientSession;
  /** Sends the handshake's answer, and waits for the client's acknowledgement. */
  acceptHandshake(body: Uint8Array): void;
  /** Sends the handshake's answer, and closes. */
  refuseHandshake(body: Uint8Array, reason: string): void;
}

/** Answers the handshakes of one acceptor. */
export class Handshaker {
  readonly #format: HandshakeParts;
  readonly #hooks: AcceptorHooks;
  readonly #probes: ProbeEntrance;
  readonly #heartbeatMs: number | false;
  readonly #results: CoreMeasures['clientHandshakes'];
  readonly #logger: Logger;
  /** Whole answers without a game's own data, by what they tell of the wire format. */
  readonly #answers = new WeakMap<HandshakeSystem, Uint8Array>();

  constructor({
    bodies,
    hooks,
    probes,
    client,
    counters,
    logger,
  }: Pick<AcceptorContext, 'bodies' | 'hooks' | 'probes' | 'client' | 'counters' | 'logger'>) {
    this.#format = bodies;
    this.#hooks = hooks;
    this.#probes = probes;
    this.#heartbeatMs = client.heartbeatMs;
    this.#results = counters.clientHandshakes;
    this.#logger = logger;
  }

  /** Answers the handshake in `bytes[start..end)`; a client without `sys` gets code 500, as pomelo does it. */
  answer(greeted: Greeted, bytes: Uint8Array, start: number, end: number): void {
    const request = parseObject(decodeUtf8(bytes, start, end));
    const system = request?.['sys'];
    if (!isObject(system)) {
      this.#results.invalid.add();
      refuse(greeted, handshakeCode.failed, 'expected a handshake {"sys": {"type", "version"}, "user"?}');
      return;
    }
    const probed = system['probe'] !== undefined && this.#probes.sessionFor(system['probe'], greeted.session);
    if (probed) greeted.session = probed;
    if (probed || !this.#hooks.onConnect) {
      this.#accept(greeted, system, undefined);
      return;
    }
    void this.#ask(greeted, system, request!['user']);
  }

  async #ask(greeted: Greeted, system: Record<string, unknown>, user: unknown): Promise<void> {
    try {
      const client = { type: textOf(system['type']), version: textOf(system['version']) };
      const answer = await this.#hooks.onConnect!({ ...greeted.facts!, client, user });
      const { refuse: refusal, user: data } = (answer ?? {}) as Partial<Refusal & { user: unknown }>;
      if (refusal) {
        this.#results.refused.add();
        refuse(greeted, refusal.code, refusal.reason);
      } else this.#accept(greeted, system, data);
    } catch (error) {
      this.#results.failed.add();
      this.#logger.error('onConnect failed', { error: briefError(error) });
      refuse(greeted, handshakeCode.failed, 'the server could not decide');
    }
  }

  #accept(greeted: Greeted, system: Record<string, unknown>, user: unknown): void {
    const parts = this.#format.handshake(system['dictVersion'], system['protoVersion']);
    try {
      greeted.acceptHandshake(user ? this.#encode(parts, { user }) : this.#withoutUser(parts));
      this.#results.ok.add();
    } catch (error) {
      this.#results.failed.add();
      this.#logger.error('the user data of onConnect cannot be sent', {
        reason: shorten(reasonOf(error), 200),
      });
      refuse(greeted, handshakeCode.failed, 'the server could not answer');
    }
  }

  /** After a restart all players come at once, and most are answered the same. */
  #withoutUser(parts: HandshakeSystem): Uint8Array {
    const answer = this.#answers.get(parts) ?? this.#encode(parts, {});
    this.#answers.set(parts, answer);
    return answer;
  }

  #encode(parts: HandshakeSystem, more: { user?: unknown }): Uint8Array {
    const heartbeat = this.#heartbeatMs === false ? {} : { heartbeat: this.#heartbeatMs / 1000 };
    const answer = { code: handshakeCode.ok, sys: { ...heartbeat, ...parts }, ...more };
    return encodeJson(JSON.stringify(answer));
  }
}

function refuse(greeted: Greeted, code: number, message: string): void {
  greeted.refuseHandshake(encodeJson(JSON.stringify({ code, message })), `refused with code ${code}`);
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined; // Answered with code 500 like every other handshake without `sys`.
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
