import { type Logger, reasonOf } from '@pomelo-ts/common';
import { briefError, shorten } from '@pomelo-ts/common/internal';
import { decodeUtf8, encodeJson, handshakeCode } from '@pomelo-ts/protocol';
import type { AcceptorHooks, ConnectAnswer } from '../acceptor.js';
import type { ClientFormat } from '../wire/client-format.js';
import type { ClientConnection } from './client-connection.js';

type Refusal = Extract<ConnectAnswer, { refuse: unknown }>;

/** Answers the handshakes of one acceptor. */
export class Handshaker {
  readonly #format: ClientFormat;
  readonly #hooks: AcceptorHooks;
  readonly #heartbeatMs: number | false;
  readonly #logger: Logger;

  constructor(format: ClientFormat, hooks: AcceptorHooks, heartbeatMs: number | false, logger: Logger) {
    this.#format = format;
    this.#hooks = hooks;
    this.#heartbeatMs = heartbeatMs;
    this.#logger = logger;
  }

  /** Answers the handshake in `bytes[start..end)`; a client without `sys` gets code 500, as pomelo does it. */
  answer(connection: ClientConnection, bytes: Uint8Array, start: number, end: number): void {
    const request = parseObject(decodeUtf8(bytes, start, end));
    const system = request?.['sys'];
    if (!isObject(system)) {
      refuse(connection, handshakeCode.failed, 'expected a handshake {"sys": {"type", "version"}, "user"?}');
      return;
    }
    if (!this.#hooks.onConnect) {
      this.#accept(connection, system, undefined);
      return;
    }
    void this.#ask(connection, system, request!['user']);
  }

  async #ask(connection: ClientConnection, system: Record<string, unknown>, user: unknown): Promise<void> {
    try {
      const client = { type: textOf(system['type']), version: textOf(system['version']) };
      const answer = await this.#hooks.onConnect!({ ...connection.facts!, client, user });
      const { refuse: refusal, user: data } = (answer ?? {}) as Partial<Refusal & { user: unknown }>;
      if (refusal) refuse(connection, refusal.code, refusal.reason);
      else this.#accept(connection, system, data);
    } catch (error) {
      this.#logger.error('onConnect failed', { error: briefError(error) });
      refuse(connection, handshakeCode.failed, 'the server could not decide');
    }
  }

  #accept(connection: ClientConnection, system: Record<string, unknown>, user: unknown): void {
    const parts = this.#format.handshake(system['dictVersion'], system['protoVersion']);
    const heartbeat = this.#heartbeatMs === false ? {} : { heartbeat: this.#heartbeatMs / 1000 };
    const answer = { code: handshakeCode.ok, sys: { ...heartbeat, ...parts }, ...(user ? { user } : {}) };
    try {
      connection.acceptHandshake(encodeJson(JSON.stringify(answer)));
    } catch (error) {
      this.#logger.error('the user data of onConnect cannot be sent', {
        reason: shorten(reasonOf(error), 200),
      });
      refuse(connection, handshakeCode.failed, 'the server could not answer');
    }
  }
}

function refuse(connection: ClientConnection, code: number, message: string): void {
  connection.refuseHandshake(encodeJson(JSON.stringify({ code, message })), `refused with code ${code}`);
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
