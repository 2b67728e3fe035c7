import type { Master, SignedIn, Visitor } from '@pomelo-ts/master';
import { type AnyOperation, operations } from '@pomelo-ts/master/operations';
import type { AdminContext } from './node-env.js';
import { verbsOf } from './operate.js';
import { readBody, someTextIn, textIn } from './read-body.js';
import type { Visitors } from './visitors.js';

/** What {@link sessionHandlers} work with. */
export interface SessionParts {
  readonly visitors: Visitors;
  readonly env: string;
  /** Addresses of the pages of all masters, as far as they are known. */
  readonly others: readonly string[];
  addressOf(context: AdminContext): string;
}

/** What of a master knows who has an account, and what takes a second person. */
type WithAccounts = Pick<Master, 'accounts' | 'approvals'>;

/** Handlers of the routes by which people sign in, prove who they are, and leave. */
export function sessionHandlers({ visitors, env, addressOf, others }: SessionParts) {
  const show = (context: AdminContext, { accounts, approvals }: WithAccounts, visitor: Visitor) => {
    const { session } = visitor;
    return context.json({
      session: {
        ...shownOf(visitor, env),
        others,
        approvals: approvedOf(approvals, visitor),
        ...(session && accounts.sessions.timeOf(session)),
      },
    });
  };
  const begin = (context: AdminContext, master: WithAccounts, { token, visitor }: SignedIn) => {
    visitors.keep(context, token);
    return show(context, master, visitor);
  };
  return {
    async signIn(context: AdminContext, master: WithAccounts) {
      const body = await readBody(context.env.incoming);
      const given = { name: textIn(body, 'name'), password: textIn(body, 'password'), ...codeIn(body) };
      return begin(context, master, await master.accounts.signIn(given, addressOf(context)));
    },
    async setUp(context: AdminContext, master: WithAccounts) {
      const body = await readBody(context.env.incoming);
      const [token, password] = [textIn(body, 'token'), textIn(body, 'password')];
      return begin(context, master, await master.accounts.setUp(token, password, addressOf(context)));
    },
    async setUpName(context: AdminContext, { accounts }: WithAccounts) {
      const token = textIn(await readBody(context.env.incoming), 'token');
      return context.json({ name: await accounts.invited(token, addressOf(context)) });
    },
    session: (context: AdminContext, master: WithAccounts) =>
      show(context, master, visitors.require(context, master.accounts)),
    signOut(context: AdminContext, { accounts }: WithAccounts) {
      accounts.signOut(visitors.require(context, accounts));
      visitors.forget(context);
      return context.body(null, 204);
    },
    async prove(context: AdminContext, master: WithAccounts) {
      const { accounts } = master;
      const visitor = visitors.require(context, accounts);
      const body = await readBody(context.env.incoming);
      await accounts.prove(visitor, { password: textIn(body, 'password'), ...codeIn(body) });
      return show(context, master, visitor);
    },
    secondFactor: async (context: AdminContext, { accounts }: WithAccounts) =>
      context.json(await accounts.beginSecondFactor(visitors.require(context, accounts))),
    async confirmSecondFactor(context: AdminContext, master: WithAccounts) {
      const { accounts } = master;
      const visitor = visitors.require(context, accounts);
      const code = textIn(await readBody(context.env.incoming), 'code');
      return show(context, master, await accounts.confirmSecondFactor(visitor, code));
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

/** Verbs that wait for a second person when this one asks for them. */
const approvedOf = (approvals: Master['approvals'], { permit }: Visitor) =>
  verbsOf(permit).filter((verb) => {
    const { needsProof = false, takesTwo }: AnyOperation = operations[verb];
    return approvals.needed(verb, needsProof || takesTwo !== undefined);
  });
