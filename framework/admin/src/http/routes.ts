import type { Verb } from '@pomelo-ts/master';

/** Who may use a route: anybody, who has signed in or has a key, or who may ask for the verb that it is for. */
export type RouteNeeds = 'anybody' | 'visitor' | 'verb';

/** One route of the API, as far as who may use it goes. */
export interface AdminRoute {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly needs: RouteNeeds;
  /** The operation that it is for, where that is always the same. */
  readonly verb?: Verb;
  /** One sentence for people. */
  readonly does: string;
}

/**
 * All routes of the API. None is served that is not here, and each says who may use it; what changes anything goes by the table of
 * operations, each verb of which has its role.
 */
export const adminRoutes = {
  signIn: {
    method: 'POST',
    path: '/api/v1/session',
    needs: 'anybody',
    does: 'Signs in; the session is in a cookie.',
  },
  setUp: {
    method: 'POST',
    path: '/api/v1/setup',
    needs: 'anybody',
    does: 'Sets a password by the token of a link, and signs in.',
  },
  setUpName: {
    method: 'POST',
    path: '/api/v1/setup/name',
    needs: 'anybody',
    does: 'Shows the name of the account that the token of a link is for; the link stays good.',
  },
  signInWays: {
    method: 'GET',
    path: '/api/v1/sign-in',
    needs: 'anybody',
    does: 'Shows how one can sign in: `provider` is the name of one that speaks OpenID Connect, where there is one.',
  },
  beginOidc: {
    method: 'POST',
    path: '/api/v1/oidc',
    needs: 'anybody',
    does: 'Begins to sign in at the provider, or with `prove` to prove again there who one is: gives the address to go to.',
  },
  endOidc: {
    method: 'GET',
    path: '/api/v1/oidc/callback',
    needs: 'anybody',
    does: 'Where the provider sends the browser back to; leads on to the page in any case.',
  },
  session: {
    method: 'GET',
    path: '/api/v1/session',
    needs: 'visitor',
    does: 'Shows who asks, and what they may do.',
  },
  signOut: { method: 'DELETE', path: '/api/v1/session', needs: 'visitor', does: 'Signs out.' },
  prove: {
    method: 'POST',
    path: '/api/v1/session/proof',
    needs: 'visitor',
    does: 'Proves again who one is, for what asks for that.',
  },
  secondFactor: {
    method: 'POST',
    path: '/api/v1/session/second-factor',
    needs: 'visitor',
    does: 'Begins to set up a second factor: gives a secret for an authenticator app.',
  },
  confirmSecondFactor: {
    method: 'POST',
    path: '/api/v1/session/second-factor/confirm',
    needs: 'visitor',
    does: 'Has the second factor count, by a first code of it.',
  },
  operations: {
    method: 'GET',
    path: '/api/v1/operations',
    needs: 'visitor',
    does: 'Shows all operations, what each takes, and whether who asks may have it carried out.',
  },
  operate: {
    method: 'POST',
    path: '/api/v1/operations/:verb',
    needs: 'verb',
    does: 'Carries out an operation.',
  },
  push: { method: 'POST', path: '/api/v1/push', needs: 'verb', verb: 'push.send', does: 'Sends a push.' },
  pushMany: {
    method: 'POST',
    path: '/api/v1/pushes',
    needs: 'verb',
    verb: 'push.many',
    does: 'Sends many pushes.',
  },
  kick: {
    method: 'POST',
    path: '/api/v1/kick',
    needs: 'verb',
    verb: 'users.kick',
    does: 'Ends all sessions of a user.',
  },
  usersCount: {
    method: 'GET',
    path: '/api/v1/users/count',
    needs: 'verb',
    verb: 'users.count',
    does: 'Shows how many users are connected.',
  },
  usersOnline: {
    method: 'GET',
    path: '/api/v1/users/online',
    needs: 'verb',
    verb: 'users.online',
    does: 'Shows which of the users of `?ids=a,b` are connected.',
  },
  userNode: {
    method: 'GET',
    path: '/api/v1/users/:uid/node',
    needs: 'verb',
    verb: 'users.find',
    does: 'Shows the servers that a user is connected to.',
  },
  channels: {
    method: 'GET',
    path: '/api/v1/channels',
    needs: 'verb',
    verb: 'channels.list',
    does: 'Shows the channels whose names begin with `?prefix=`.',
  },
  channelMembers: {
    method: 'GET',
    path: '/api/v1/channels/:name/members',
    needs: 'verb',
    verb: 'channels.members',
    does: 'Shows who is in a channel.',
  },
  feedTicket: {
    method: 'POST',
    path: '/api/v1/feed-ticket',
    needs: 'visitor',
    does: 'Gives a ticket for one WebSocket of the feed.',
  },
  openApi: {
    method: 'GET',
    path: '/api/v1/openapi.json',
    needs: 'visitor',
    does: 'Describes this API (OpenAPI 3.1).',
  },
} as const satisfies Readonly<Record<string, AdminRoute>>;

/** The name of a route. */
export type RouteName = keyof typeof adminRoutes;

/** Where WebSockets of the feed are taken. */
export const feedPath = '/api/v1/feed';
