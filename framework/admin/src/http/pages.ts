import { hostPort, isLoopback } from '@pomelo-ts/common/internal';

/** Settings that tell how browsers reach the admins of all masters, which have the same. */
export interface PagesParts {
  readonly port: number;
  readonly listen: string;
  readonly origins: readonly string[];
  readonly behindProxy: boolean;
  readonly tls?: object | undefined;
}

/**
 * The address of the page of the master at `host`, for a browser elsewhere: an origin of that name, else the host itself where its admin listens
 * for others. Undefined where the configuration does not tell: behind a proxy, or on a machine that is reached by a tunnel.
 *
 * @example pageOf({ port: 3080, listen: '::', origins: [], behindProxy: false, tls }, '10.0.0.2') // 'https://10.0.0.2:3080'
 */
export function pageOf(
  { port, listen, origins, behindProxy, tls }: PagesParts,
  host: string,
): string | undefined {
  const named = origins.find((origin) => new URL(origin).hostname === host);
  if (named !== undefined) return named;
  if (behindProxy || isLoopback(listen)) return undefined;
  return `${tls ? 'https' : 'http'}://${hostPort(host, port)}`;
}
