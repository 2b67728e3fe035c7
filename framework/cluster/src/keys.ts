import { type NamedKey, SecretKeys } from '@pomelo-ts/common/internal';
import type { Secret } from './secret.js';

/** `server:` and the secret's name and an id, or `operator:` and the secret's name. */
const linkName = /^(server|operator):([0-9a-f]{12})(?::(.+))?$/;

/** Who somebody is by the key that was proved. */
export type LinkIdentity =
  | {
      readonly role: 'server';
      readonly id: string;
      /** Name of the key that was proved, which tells the secret that it is made of. */
      readonly keyName?: string;
    }
  | { readonly role: 'operator'; readonly id: 'operator' };

/** A key as text, on its way to a process that shall have it. */
export interface KeyText {
  readonly name: string;
  /** In hex. */
  readonly key: string;
}

/**
 * All the keys that a server's process has: its own for the link, and the one that servers share for calls. The first of each is the
 * one to dial with; a second one is that of a secret that is being replaced. Neither the secret nor a key of operators can be found from them.
 */
export interface ServerKeys {
  readonly link: readonly KeyText[];
  readonly rpc: readonly KeyText[];
}

/** The keys of a cluster, for a process that knows the secret: a master, or a command of an operator. */
export class ClusterKeys {
  /** Those of the secret, and of the one before while that is taken, too. */
  #secrets: readonly SecretKeys[];

  private constructor(secrets: readonly SecretKeys[]) {
    this.#secrets = secrets;
  }

  /** Takes some 50 ms of another thread. */
  static async of({ secret, previous }: Pick<Secret, 'secret' | 'previous'>): Promise<ClusterKeys> {
    const texts = previous === undefined || previous === secret ? [secret] : [secret, previous];
    return new ClusterKeys(await Promise.all(texts.map((text) => SecretKeys.of(text))));
  }

  /** From what {@link roots} has given. */
  static ofRoots(roots: readonly string[]): ClusterKeys {
    return new ClusterKeys(roots.map((root) => SecretKeys.ofRoot(root)));
  }

  /** What the keys are made of, for a process that shall be the master. */
  get roots(): readonly string[] {
    return this.#secrets.map(({ root }) => root);
  }

  /** Names the secrets that are taken, the newest first. */
  get names(): readonly string[] {
    return this.#secrets.map(({ name }) => name);
  }

  /** Those of the newest secret alone. */
  get newest(): ClusterKeys {
    return new ClusterKeys(this.#secrets.slice(0, 1));
  }

  /** From now on these are taken, and no others. */
  replace(by: ClusterKeys): void {
    this.#secrets = by.#secrets;
  }

  /** What a server's process is given. */
  ofServer(id: string): ServerKeys {
    return {
      link: this.#secrets.map((keys) => textOf(keys.own('server', id))),
      rpc: this.#secrets.map((keys) => textOf(keys.shared('rpc'))),
    };
  }

  /** What an operator dials with. */
  get operator(): readonly NamedKey[] {
    return this.#secrets.map((keys) => keys.shared('operator'));
  }

  /** What values in a shared store are signed with. */
  get store(): readonly NamedKey[] {
    return this.#secrets.map((keys) => keys.shared('store'));
  }

  /** Whose link key goes by this name, and what it is. */
  readonly linkKey = (name: string): { readonly key: Buffer; readonly who: LinkIdentity } | undefined => {
    const [, use, of, id] = linkName.exec(name) ?? [];
    const keys = this.#secrets.find((one) => one.name === of);
    if (!keys) return undefined;
    if (use === 'server' && id !== undefined)
      return { key: keys.own('server', id).key, who: { role: 'server', id, keyName: name } };
    if (use !== 'operator' || id !== undefined) return undefined;
    return { key: keys.shared('operator').key, who: { role: 'operator', id: 'operator' } };
  };
}

/** The keys of a server's own process; the master tells when they change. */
export class ServerKeyring {
  #link: readonly NamedKey[] = [];
  #rpc: readonly NamedKey[] = [];

  constructor(keys: ServerKeys) {
    this.replace(keys);
  }

  replace({ link, rpc }: ServerKeys): void {
    this.#link = link.map(keyOf);
    this.#rpc = rpc.map(keyOf);
  }

  readonly link = (): readonly NamedKey[] => this.#link;
  readonly rpc = (): readonly NamedKey[] => this.#rpc;
}

const textOf = ({ name, key }: NamedKey): KeyText => ({ name, key: key.toString('hex') });
const keyOf = ({ name, key }: KeyText): NamedKey => ({ name, key: Buffer.from(key, 'hex') });
