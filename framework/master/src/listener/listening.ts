import type { MasterAddress } from '@pomelo-ts/cluster/internal';
import type { Measures } from '@pomelo-ts/common';
import {
  type ListenedFor,
  listenerOptions,
  MasterListener,
  type ServeConnection,
} from './master-listener.js';

/** For what it listens, and where it does already. */
export interface ListeningOptions extends ListenedFor {
  readonly listener?: MasterListener;
}

/** Where one master listens: at the listener that it was given, or else at one of its own. */
export class Listening {
  readonly #options: ListeningOptions;
  readonly #hosts: () => Iterable<string>;
  #listener: MasterListener | undefined;
  #closing: Promise<void> | undefined;

  /** @param hosts of the cluster at any time, with what operators have added */
  constructor(options: ListeningOptions, hosts: () => Iterable<string>) {
    this.#options = options;
    this.#hosts = hosts;
  }

  /** The topology's address; its port is the real one while it is open. */
  get address(): MasterAddress {
    const { host, port } = this.#options.config.master;
    return { host, port: this.#listener?.port ?? port };
  }

  /** Whether anybody is let in. */
  get isOpen(): boolean {
    return this.#listener !== undefined && this.#closing === undefined;
  }

  /** @throws PORT_IN_USE, HOST_ELSEWHERE */
  async open(): Promise<void> {
    const { listener, config } = this.#options;
    const { host, port } = config.master;
    this.#listener = listener ?? (await MasterListener.open(host, port, listenerOptions(this.#options)));
  }

  /** Has `serve` serve all who come from now on. */
  servedBy(serve: ServeConnection): void {
    this.#listener!.servedBy(serve, this.#hosts);
  }

  /** What it measures, once it is open. */
  get measures(): Measures | undefined {
    return this.#listener?.measures;
  }

  /** Lets nobody in any more; resolves when those inside have left. A listener that was given stays open. */
  close(): Promise<void> {
    const own = this.#options.listener ? undefined : this.#listener;
    this.#closing ??= own?.close() ?? Promise.resolve();
    return this.#closing;
  }
}
