import type { Logger } from '@pomelo-ts/common';
import type { ServerKeys } from '../keys.js';
import type { LinkHubOptions } from './hub-options.js';
import type { ServerLink } from './server-link.js';

/** Tells servers their keys, and remembers which life has been told the newest. */
export class ToldKeys {
  readonly #keysOf: LinkHubOptions['keysOf'];
  readonly #logger: Logger;
  /** By the server's id. */
  readonly #told = new Map<string, string>();

  constructor(keysOf: LinkHubOptions['keysOf'], logger: Logger) {
    this.#keysOf = keysOf;
    this.#logger = logger;
  }

  tell(link: ServerLink): void {
    const keys = this.#keysOf?.(link.id);
    if (!keys) return;
    this.#told.set(link.id, toldOf(link, keys));
    link.send({ t: 'keys', keys });
  }

  /**
   * Tells a server that has dialed, since the secret may have changed while it was away. A life that has been told the new key proves that
   * one: whoever proves the former one then has copied it, and is not told.
   */
  tellAgain(link: ServerLink): void {
    const { id: serverId, bootId, keyName } = link;
    const keys = this.#keysOf?.(serverId);
    const former = keys && keyName !== undefined && keyName !== keys.link[0]?.name;
    if (!former || this.#told.get(serverId) !== toldOf(link, keys)) {
      this.tell(link);
      return;
    }
    this.#logger.warn(
      `${serverId} came by the key of the former secret, although it has been told the new one: it is not told again.`,
      { serverId, bootId },
    );
  }

  /** There is no such server any more. */
  forget(id: string): void {
    this.#told.delete(id);
  }
}

const toldOf = ({ bootId }: ServerLink, { link }: ServerKeys): string => `${bootId} ${link[0]?.name}`;
