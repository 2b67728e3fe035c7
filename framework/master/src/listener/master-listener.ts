import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ClusterConfig, ClusterKeys } from '@pomelo-ts/cluster';
import type { LinkIdentity } from '@pomelo-ts/cluster/internal';
import { isPomeloError, type Logger, Measures, silentLogger, systemClock } from '@pomelo-ts/common';
import { listenError, OwnHosts, SecureDoor, strangerLogger } from '@pomelo-ts/common/internal';
import { elsewhere, whyElsewhere } from '../hosts/local-hosts.js';
import { listenerMeasures } from './listener-measures.js';

/** Serves one connection of `who`, as it has proved to be; `from` names it in messages. */
export type ServeConnection = (stream: Duplex, who: LinkIdentity, from: string) => void;

/** What a {@link MasterListener} opens with. */
export interface ListenerOptions {
  /** Whose keys are taken. */
  readonly keys: Pick<ClusterKeys, 'linkKey'>;
  /** Hosts of the cluster: strangers cannot take their place. @default none */
  hosts?(): Iterable<string>;
  readonly logger?: Logger;
}

/** What the listener of a master is for. */
export interface ListenedFor {
  readonly config: ClusterConfig;
  readonly keys: ClusterKeys;
  readonly logger?: Logger;
}

/** How the listener of a master opens: the hosts of its topology and its own are no strangers there. */
export function listenerOptions({ config, keys, logger }: ListenedFor): ListenerOptions {
  return { keys, hosts: () => hostsOf(config), ...(logger && { logger }) };
}

/** Where servers and masters are. */
export function hostsOf({ servers, master }: ClusterConfig): Set<string> {
  return new Set([...servers, ...master.masters].map(({ host }) => host));
}

/** Where a master listens; who serves those that come may change while it stays open. */
export class MasterListener {
  /** Counts who was not let in; beside those of the hub in the master's row. */
  readonly measures = new Measures();
  readonly #counters = this.measures.makeAll(listenerMeasures);
  readonly #server: Server;
  readonly #secure: SecureDoor<LinkIdentity>;
  readonly #logger: Logger;
  #serve: ServeConnection = (stream) => stream.destroy();
  #hosts: () => Iterable<string>;
  readonly #own: OwnHosts;

  private constructor({ keys, hosts = () => [], logger = silentLogger }: ListenerOptions) {
    this.#hosts = hosts;
    this.#own = new OwnHosts(() => this.#hosts(), systemClock);
    this.#logger = strangerLogger(logger, systemClock);
    this.#secure = new SecureDoor<LinkIdentity>({
      keyOf: keys.linkKey,
      isKnown: (address) => this.#own.has(address),
      met: (stream, who, from) => this.#serve(stream, who, from),
      refused: (error, from) => this.#refused(error, from),
    });
    this.#server = createServer({ noDelay: true }, (socket) => this.#secure.accept(socket));
  }

  /** @throws PORT_IN_USE, HOST_ELSEWHERE */
  static async open(host: string, port: number, options: ListenerOptions): Promise<MasterListener> {
    const reason = await whyElsewhere(host);
    if (reason !== undefined)
      throw elsewhere([`master.json: host: ${reason} (for the master: start it at that host)`]);
    const listener = new MasterListener(options);
    return new Promise((resolve, reject) => {
      // Once it listens this tells nobody anything: watchFiles sees why connections cannot be taken.
      listener.#server.on('error', (error: NodeJS.ErrnoException) =>
        reject(listenError(error, { serverId: 'The master', host, port })),
      );
      listener.#server.listen(port, host, () => resolve(listener));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Has `serve` serve all who come from now on. @param hosts of the cluster as whoever serves knows them */
  servedBy(serve: ServeConnection, hosts = this.#hosts): void {
    this.#serve = serve;
    this.#hosts = hosts;
    this.#own.changed();
  }

  /** Lets nobody in any more; resolves when those inside have left. */
  close(): Promise<void> {
    this.#secure.close();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #refused(error: Error, from: string): void {
    this.#counters[isPomeloError(error, 'PROOF_WRONG') ? 'linkWrongProofs' : 'linkUnproved'].add();
    // Who comes and goes without a word may only have looked whether somebody listens.
    this.#logger[saidSomething(error) ? 'warn' : 'debug']('A connection was refused.', { from, error });
  }
}

/** Whether the stranger said something that was wrong: in the words of this project, or of OpenSSL. */
function saidSomething(error: Error): boolean {
  return isPomeloError(error) || ((error as NodeJS.ErrnoException).code ?? '').startsWith('ERR_SSL');
}
