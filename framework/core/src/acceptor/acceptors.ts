import type { AcceptorEntry, Listening, ServerEntry } from '@pomelo-ts/cluster';
import { isPomeloError, type Logger, PomeloError, reasonOf } from '@pomelo-ts/common';
import {
  type Acceptor,
  type AcceptorContext,
  type AcceptorMaker,
  hybrid,
  type RegisteredAcceptor,
} from '../acceptor.js';
import { makeHybrid } from './make-hybrid.js';

/** What the acceptors of one frontend are made from. */
export interface AcceptorsOptions {
  readonly server: ServerEntry;
  /** Those that the app has registered, by name. */
  readonly registered: ReadonlyMap<string, RegisteredAcceptor>;
  /** What serves the clients in place of all others, if anything does. */
  readonly instead: AcceptorMaker | undefined;
  readonly context: Omit<AcceptorContext, 'options'>;
}

/** An acceptor with the port that is meant for it. */
interface PlacedAcceptor {
  readonly name: string;
  readonly acceptor: Acceptor;
  readonly port: number;
}

/** All acceptors of one frontend: the hybrid one at its `clientPort`, and those that its entry in `servers.json5` lists beside it. */
export class Acceptors {
  readonly #all: readonly PlacedAcceptor[];

  /** @throws ACCEPTOR_UNKNOWN, ACCEPTOR_INVALID */
  constructor(options: AcceptorsOptions) {
    const { server, instead, registered } = options;
    const own = { name: hybrid, port: server.clientPort! };
    const known = new Map([...registered, [hybrid, { make: makeHybrid, options: {} }]]);
    this.#all = instead
      ? [{ name: own.name, acceptor: instead({ ...options.context, options: {} }), port: own.port }]
      : [own, ...(server.acceptors ?? [])].map((entry) => ({
          name: entry.name,
          acceptor: made(entry, known, options.context),
          port: entry.port,
        }));
  }

  /** Opens all ports, the configured ones or any that are free; gives them. Rejects with PORT_IN_USE, PORT_UNUSABLE. */
  async listen(free: boolean): Promise<Listening> {
    const ports: number[] = [];
    for (const { acceptor, port } of this.#all) ports.push(await acceptor.listen(free ? 0 : port));
    const [clientPort, ...acceptorPorts] = ports;
    return { clientPort: clientPort!, ...(acceptorPorts.length > 0 && { acceptorPorts }) };
  }

  /** Takes no new clients. An acceptor that throws keeps the others from nothing. */
  stopAccepting(logger: Pick<Logger, 'error'>): void {
    for (const { name, acceptor } of this.#all) {
      try {
        acceptor.stopAccepting();
      } catch (error) {
        logger.error('An acceptor goes on taking clients: its stopAccepting has failed.', { name, error });
      }
    }
  }

  /** Tells every client why, and closes all by `run`; resolves when the last one has gone, or `run` waits no more. */
  async close(reason: string, run: (what: string, close: () => unknown) => Promise<void>): Promise<void> {
    await Promise.all(
      this.#all.map(({ name, acceptor }) =>
        run(`close of the acceptor ${name}`, () => acceptor.close(reason)),
      ),
    );
  }
}

function made(
  { name, options }: AcceptorEntry,
  known: ReadonlyMap<string, RegisteredAcceptor>,
  context: Omit<AcceptorContext, 'options'>,
): Acceptor {
  const { serverId } = context;
  const registered = known.get(name);
  if (!registered)
    throw new PomeloError('ACCEPTOR_UNKNOWN', { serverId, name, known: [...known.keys()].sort().join(', ') });
  try {
    return checked(registered.make({ ...context, options: { ...registered.options, ...options } }));
  } catch (error) {
    if (isPomeloError(error)) throw error;
    throw new PomeloError('ACCEPTOR_INVALID', { serverId, name, reason: reasonOf(error) }, { cause: error });
  }
}

/** @throws TypeError for what cannot be listened with, as a game without types can give */
function checked(acceptor: Partial<Acceptor> | undefined): Acceptor {
  const missing = methods.filter((method) => typeof acceptor?.[method] !== 'function');
  if (missing.length === 0) return acceptor as Acceptor;
  throw new TypeError(`expected an acceptor, and what was made has no ${missing.join(', ')}`);
}

const methods = ['listen', 'stopAccepting', 'close'] as const satisfies (keyof Acceptor)[];
