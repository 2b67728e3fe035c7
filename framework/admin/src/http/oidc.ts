import { PomeloError } from '@pomelo-ts/common';
import type { Master } from '@pomelo-ts/master';
import type { Oidc } from '../oidc/oidc.js';
import { pendingMs } from '../oidc/pending.js';
import type { AdminContext } from './node-env.js';
import type { Origins } from './origins.js';
import { readBody } from './read-body.js';
import { adminRoutes } from './routes.js';
import type { Visitors } from './visitors.js';

/** What {@link oidcHandlers} work with. */
export interface OidcHandlersParts {
  readonly visitors: Visitors;
  readonly origins: Origins;
  readonly oidc: Oidc | undefined;
  addressOf(context: AdminContext): string;
}

/** Sends a browser that comes from the provider on to the page, which has words for the code. It is never sent anywhere else. */
export const toPage = (context: AdminContext, code: string): Response =>
  context.redirect(`/#sign-in=${encodeURIComponent(code)}`, 303);

/** Handlers of the routes by which people sign in at a provider. */
export function oidcHandlers({ visitors, origins, oidc, addressOf }: OidcHandlersParts) {
  const configured = (): Oidc => {
    if (oidc) return oidc;
    throw new PomeloError('OIDC_OFF', {});
  };
  return {
    signInWays: (context: AdminContext) => context.json({ ...(oidc && { provider: oidc.name }) }),
    async beginOidc(context: AdminContext, { accounts }: Pick<Master, 'accounts'>) {
      const { prove = false } = await readBody(context.env.incoming);
      const proves = prove === true ? visitors.require(context, accounts).session : undefined;
      const origin = origins.ownOrigin(context.env.incoming.headers);
      const { url, token } = await configured().begin(accounts, {
        address: addressOf(context),
        redirectUri: `${origin}${adminRoutes.endOidc.path}`,
        proves,
      });
      visitors.keepBegun(context, token, pendingMs);
      return context.json({ url });
    },
    async endOidc(context: AdminContext, { accounts }: Pick<Master, 'accounts'>) {
      const token = visitors.begunOf(context);
      const address = addressOf(context);
      const answer = new URL(context.req.url).searchParams;
      const signedIn = await configured().end(accounts, { address, token, answer });
      visitors.forgetBegun(context);
      if (signedIn) visitors.keep(context, signedIn.token);
      return toPage(context, signedIn ? 'DONE' : 'PROVED');
    },
  };
}
