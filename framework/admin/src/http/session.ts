import type { Accounts, SignedIn, Visitor } from '@pomelo-ts/master';
import type { AdminContext } from './node-env.js';
import { verbsOf } from './operate.js';
import { readBody, someTextIn, textIn } from './read-body.js';
import type { Visitors } from './visitors.js';

/** What {@link sessionHandlers} work with. */
export interface SessionParts {
  readonly visitors: Visitors;
  readonly env: string;
  addressOf(context: AdminContext): string;
}

/** Who has an account, as the master has it. */
interface WithAccounts {
  readonly accounts: Accounts;
}

/** Handlers of the routes by which people sign in, prove who they are, and leave. */
export function sessionHandlers({ visitors, env, addressOf }: SessionParts) {
  const show = (context: AdminContext, { sessions }: Accounts, visitor: Visitor) => {
    const { session } = visitor;
    return context.json({
      session: { ...shownOf(visitor, env), ...(session && sessions.timeOf(session)) },
    });
  };
  const begin = (context: AdminContext, accounts: Accounts, { token, visitor }: SignedIn) => {
    visitors.keep(context, token);
    return show(context, accounts, visitor);
  };
  return {
    async signIn(context: AdminContext, { accounts }: WithAccounts) {
      const body = await readBody(context.env.incoming);
      const given = { name: textIn(body, 'name'), password: textIn(body, 'password'), ...codeIn(body) };
      return begin(context, accounts, await accounts.signIn(given, addressOf(context)));
    },
    async setUp(context: AdminContext, { accounts }: WithAccounts) {
      const body = await readBody(context.env.incoming);
      const [token, password] = [textIn(body, 'token'), textIn(body, 'password')];
      return begin(context, accounts, await accounts.setUp(token, password, addressOf(context)));
    },
    session: (context: AdminContext, { accounts }: WithAccounts) =>
      show(context, accounts, visitors.require(context, accounts)),
    signOut(context: AdminContext, { accounts }: WithAccounts) {
      accounts.signOut(visitors.require(context, accounts));
      visitors.forget(context);
      return context.body(null, 204);
    },
    async prove(context: AdminContext, { accounts }: WithAccounts) {
      const visitor = visitors.require(context, accounts);
      const body = await readBody(context.env.incoming);
      await accounts.prove(visitor, { password: textIn(body, 'password'), ...codeIn(body) });
      return show(context, accounts, visitor);
    },
    secondFactor: (context: AdminContext, { accounts }: WithAccounts) =>
      context.json(accounts.beginSecondFactor(visitors.require(context, accounts))),
    async confirmSecondFactor(context: AdminContext, { accounts }: WithAccounts) {
      const visitor = visitors.require(context, accounts);
      return show(
        context,
        accounts,
        accounts.confirmSecondFactor(visitor, textIn(await readBody(context.env.incoming), 'code')),
      );
    },
  };
}

function codeIn(body: Readonly<Record<string, unknown>>) {
  const code = someTextIn(body, 'code');
  return code === undefined ? {} : { code };
}

const shownOf = ({ name, permit, secondFactor, session }: Visitor, env: string) => ({
  name,
  role: permit.role,
  verbs: verbsOf(permit),
  secondFactor,
  env,
  ...(session && { provedUntil: session.provedUntil }),
});
