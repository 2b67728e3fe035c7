import { type Clock, PomeloError } from '@pomelo-ts/common';
import { networkOf } from '@pomelo-ts/common/internal';
import type { Accounts, AdminSession, SignedIn } from '@pomelo-ts/master';
import { clientSecretOf } from './client-secret.js';
import { PendingSignIns, pendingMs } from './pending.js';
import { Provider, type ProviderParts } from './provider.js';

/** Who comes from where to begin. */
export interface Begins {
  readonly address: string;
  /** Where the provider sends the browser back to. */
  readonly redirectUri: string;
  /** The session whose owner proves again who they are. */
  readonly proves?: AdminSession | undefined;
}

/** What a browser has brought back. */
export interface ComesBack {
  readonly address: string;
  /** What its cookie holds. */
  readonly token: string | undefined;
  readonly answer: URLSearchParams;
}

/** Signing in at a provider by OpenID Connect: the code flow with PKCE, bound to the browser that has begun it. */
export class Oidc {
  readonly #parts: ProviderParts & { readonly clock: Clock };
  readonly #provider: Provider;
  readonly #pending: PendingSignIns;

  constructor(parts: ProviderParts) {
    this.#parts = parts;
    this.#provider = new Provider(parts);
    this.#pending = new PendingSignIns(parts.clock);
  }

  /** What people call the provider. */
  get name(): string {
    const { button, issuer } = this.#parts.settings;
    return button ?? new URL(issuer).host;
  }

  /** What keeps everybody from signing in so; undefined when nothing does. */
  get problem(): unknown {
    try {
      clientSecretOf({ root: this.#parts.root, ...this.#parts.settings });
      return undefined;
    } catch (error) {
      return error;
    }
  }

  /**
   * Begins: gives the address to go to, and the token that the browser has to bring back.
   *
   * @throws SIGN_IN_LATER, OIDC_UNREACHABLE, OIDC_REFUSED, OIDC_SECRET_MISSING, SECRET_FILE_OPEN
   */
  async begin(
    { byProvider }: Pick<Accounts, 'byProvider'>,
    { address, redirectUri, proves }: Begins,
  ): Promise<{ readonly url: string; readonly token: string }> {
    byProvider.requireMayTry(address);
    const network = networkOf(address);
    const { token, pending } = this.#pending.begin({ redirectUri, network, ...(proves && { proves }) });
    return { token, url: await this.#provider.addressFor(pending) };
  }

  /**
   * Ends it: gives the new session, or nothing where a former one goes on.
   *
   * @throws OIDC_OVER, and what `ProviderSignIn` and {@link Provider} throw
   */
  async end(
    { byProvider }: Pick<Accounts, 'byProvider'>,
    { address, token, answer }: ComesBack,
  ): Promise<SignedIn | undefined> {
    const pending = this.#pending.take(token, answer.get('state') ?? undefined);
    const prove = async () => {
      if (pending) return this.#provider.proved(answer, pending);
      throw new PomeloError('OIDC_OVER', { minutes: pendingMs / 60_000 });
    };
    if (!pending?.proves) return byProvider.signIn(prove, address);
    await byProvider.prove(pending.proves, prove, address);
    return undefined;
  }
}
