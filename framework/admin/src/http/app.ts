import { type Clock, isPomeloError, type Logger, PomeloError } from '@pomelo-ts/common';
import type { Leader, Master } from '@pomelo-ts/master';
import { showLeader } from '@pomelo-ts/master/internal';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Tickets } from '../feed/tickets.js';
import type { Oidc } from '../oidc/oidc.js';
import { openApi } from '../openapi.js';
import type { Page } from '../static/read-page.js';
import { servePage } from '../static/serve-page.js';
import { failureOf } from './failure.js';
import { gameHandlers } from './game-handlers.js';
import type { AdminContext, NodeEnv } from './node-env.js';
import { oidcHandlers, toPage } from './oidc.js';
import { listOperations, operate } from './operate.js';
import type { Origins } from './origins.js';
import { adminRoutes, type RouteName } from './routes.js';
import { sessionHandlers } from './session.js';
import { ownHeader, Visitors } from './visitors.js';

/** What the app works with. */
export interface AdminAppParts {
  readonly env: string;
  master(): Master | undefined;
  leader(): Leader | undefined;
  /** Hosts of all masters. */
  readonly hosts: readonly string[];
  /** Where the page of the master on a host is; undefined where nobody knows. */
  pages(host: string): string | undefined;
  readonly origins: Origins;
  readonly tickets: Tickets;
  readonly page: Page;
  /** Where people sign in who have no account; undefined where there is none. */
  readonly oidc: Oidc | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

type Handler = (context: AdminContext, master: Master) => Response | Promise<Response>;

/** Makes the app: the guards, the routes of the API by their table, and the page. */
export function createAdminApp(parts: AdminAppParts): Hono<{ Bindings: NodeEnv }> {
  const { origins, page, logger } = parts;
  const app = new Hono<{ Bindings: NodeEnv }>();
  app.use(headers());
  app.use((context, next) => {
    requireOwnHost(context, origins);
    return next();
  });
  app.use('/api/*', (context, next) => {
    context.header('cache-control', 'no-store');
    if (context.req.method !== 'GET') requireOwnPage(context, origins);
    return next();
  });
  const handlers = handlersOf(parts);
  for (const [name, { method, path }] of Object.entries(adminRoutes))
    app.on(method, path, (context) => handlers[name as RouteName](context, leading(parts)));
  app.all('/api/*', () => {
    throw new PomeloError('ROUTE_MISSING', {});
  });
  app.get('*', (context) => servePage(context, page));
  app.onError((error, context) => {
    const { status, error: told } = failureOf(error, logger);
    // what is left of its body would be taken for the next request
    if (isPomeloError(error, 'REQUEST_LARGE') && !context.env.incoming.complete)
      context.header('connection', 'close');
    if (context.req.path === adminRoutes.endOidc.path) return toPage(context, told.code);
    const there = isPomeloError(error, 'NOT_LEADING') ? leaderThere(parts) : undefined;
    return context.json({ error: { ...told, ...there } }, status as ContentfulStatusCode);
  });
  return app;
}

function handlersOf(parts: AdminAppParts): Readonly<Record<RouteName, Handler>> {
  const { origins, tickets, env } = parts;
  const visitors = new Visitors(origins);
  const others = parts.hosts.flatMap((host) => parts.pages(host) ?? []);
  const addressOf = ({ env: { incoming } }: AdminContext) => origins.addressOf(incoming);
  return {
    ...sessionHandlers({ visitors, addressOf, env, others }),
    ...oidcHandlers({ visitors, addressOf, origins, oidc: parts.oidc }),
    operations: (context, { accounts }) => listOperations(context, visitors.require(context, accounts)),
    operate: (context, master) =>
      operate(context, master, {
        visitor: visitors.require(context, master.accounts),
        from: addressOf(context),
      }),
    ...gameHandlers(
      (context, accounts) => ({
        visitor: visitors.require(context, accounts),
        from: addressOf(context),
      }),
      parts.clock,
    ),
    feedTicket: (context, { accounts }) =>
      context.json({ ticket: tickets.give(visitors.require(context, accounts)) }),
    openApi: (context, { accounts }) => {
      visitors.require(context, accounts);
      return context.json(openApi());
    },
  };
}

/** The master of this process. @throws NOT_LEADING */
export function leading({ master, leader }: Pick<AdminAppParts, 'master' | 'leader'>): Master {
  const own = master();
  if (own?.leads) return own;
  const other = leader();
  throw new PomeloError('NOT_LEADING', { leader: other ? showLeader(other) : 'nobody now' });
}

/** Where the one that leads is, for a page of one that does not. */
function leaderThere({ leader, pages }: AdminAppParts) {
  const other = leader();
  if (!other) return undefined;
  const page = pages(other.host);
  return { leader: { name: showLeader(other), ...(page !== undefined && { page }) } };
}

const none = ["'none'"];

const headers = () =>
  secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'self'"],
      baseUri: none,
      formAction: ["'self'"],
      frameAncestors: none,
      objectSrc: none,
    },
    xFrameOptions: 'DENY',
    referrerPolicy: 'no-referrer',
    strictTransportSecurity: 'max-age=31536000',
    crossOriginResourcePolicy: 'same-origin',
  });

/** @throws ORIGIN_REFUSED */
function requireOwnHost({ req, env: { incoming } }: AdminContext, origins: Origins): void {
  if (!origins.knowsHost(incoming.headers))
    throw new PomeloError('ORIGIN_REFUSED', {
      header: ownHeader,
      problem: `${req.header('host') ?? 'nothing'} is no name of it, see admin.origins of master.json`,
    });
}

/** What a browser sends in the name of its user is taken from pages of the admin alone; a key no other page has. @throws ORIGIN_REFUSED */
function requireOwnPage({ req, env: { incoming } }: AdminContext, origins: Origins): void {
  if (req.header('authorization') !== undefined) return;
  const site = req.header('sec-fetch-site');
  const isOwn = site === undefined || site === 'same-origin';
  if (!isOwn || !origins.isOwn(incoming.headers) || req.header(ownHeader) === undefined)
    throw new PomeloError('ORIGIN_REFUSED', {
      header: ownHeader,
      problem:
        isOwn && origins.isOwn(incoming.headers)
          ? `the request has no ${ownHeader}`
          : `it comes from ${req.header('origin') ?? site}, see admin.origins of master.json`,
    });
}
