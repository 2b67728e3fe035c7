import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
// @ts-expect-error it says nothing of its types
import OidcProvider from 'oidc-provider';

import { clientId, clientSecret } from './own-provider.js';

/** A provider of OpenID Connect that others have made, on loopback by another name than the admin: to a browser it is another site. */
export class RealProvider implements AsyncDisposable {
  readonly issuer: string;
  /** Groups of people, by their names: whoever is among them may sign in with any password. */
  readonly groups: Record<string, readonly string[]> = {};
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
    this.issuer = `http://localhost:${(server.address() as AddressInfo).port}`;
  }

  /** @param redirectUris where it may send browsers back to */
  static async start(redirectUris: readonly string[]): Promise<RealProvider> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
    const own = new RealProvider(server);
    const provider = new OidcProvider(own.issuer, {
      clients: [{ client_id: clientId, client_secret: clientSecret, redirect_uris: redirectUris }],
      claims: { openid: ['sub'], groups: ['groups'] },
      scopes: ['openid', 'groups'],
      findAccount: (_: unknown, id: string) => ({
        accountId: id,
        claims: () => ({ sub: id, groups: own.groups[id] ?? [] }),
      }),
      ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 60, IdToken: 60 },
      cookies: { keys: ['keys of its cookies'] },
      features: { devInteractions: { enabled: true } },
    });
    server.on('request', provider.callback());
    return own;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
