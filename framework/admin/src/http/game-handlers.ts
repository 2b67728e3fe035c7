import type { Clock } from '@pomelo-ts/common';
import type { Accounts, Master } from '@pomelo-ts/master';
import { Idempotency } from './idempotency.js';
import type { AdminContext } from './node-env.js';
import { type Asking, answerOf } from './operate.js';
import { readBody } from './read-body.js';
import { adminRoutes } from './routes.js';

type WhoAsks = (context: AdminContext, accounts: Accounts) => Asking;

/** Routes by which other programs push and ask about users; each is an operation by an address of its own. */
export function gameHandlers(whoAsks: WhoAsks, clock: Clock) {
  const once = new Idempotency(clock);
  /** A route that changes something: the same key of idempotency has it done once. */
  const changing = (route: 'push' | 'pushMany' | 'kick') => async (context: AdminContext, master: Master) => {
    const asking = whoAsks(context, master.accounts);
    const args = await readBody(context.env.incoming);
    const { verb } = adminRoutes[route];
    const answer = () => answerOf(master, { verb, args, asking });
    const key = context.req.header('idempotency-key');
    return context.json(await once.run({ who: asking.visitor.name, what: route, key }, args, answer));
  };
  const looking =
    (route: keyof typeof adminRoutes & LookingRoute, argsOf: (context: AdminContext) => object) =>
    async (context: AdminContext, master: Master) => {
      const asking = whoAsks(context, master.accounts);
      const { verb } = adminRoutes[route];
      return context.json(await answerOf(master, { verb, args: argsOf(context), asking }));
    };
  return {
    push: changing('push'),
    pushMany: changing('pushMany'),
    kick: changing('kick'),
    usersCount: looking('usersCount', () => ({})),
    usersOnline: looking('usersOnline', ({ req }) => ({ uids: listIn(req.query('ids')) })),
    userNode: looking('userNode', ({ req }) => ({ uid: req.param('uid') })),
    channels: looking('channels', ({ req }) => ({
      ...textIn('prefix', req.query('prefix')),
      ...limitIn(req.query('limit')),
    })),
    channelMembers: looking('channelMembers', ({ req }) => ({
      name: req.param('name'),
      ...limitIn(req.query('limit')),
    })),
  };
}

type LookingRoute = 'usersCount' | 'usersOnline' | 'userNode' | 'channels' | 'channelMembers';

const listIn = (text: string | undefined): readonly string[] => (text ? text.split(',') : []);
const textIn = (name: string, text: string | undefined): object =>
  text === undefined ? {} : { [name]: text };
const limitIn = (text: string | undefined): object => (text === undefined ? {} : { limit: Number(text) });
