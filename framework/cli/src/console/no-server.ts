import { nearest } from '@pomelo-ts/common/internal';

/** A server as it is named in commands. */
export interface NamedServer {
  readonly id: string;
  readonly type: string;
}

/** Why there is no server of an id, and what may have been meant; undefined where there is one. */
export function whyNoServer(id: string, servers: readonly NamedServer[]): string | undefined {
  if (servers.some((one) => one.id === id)) return undefined;
  if (servers.some(({ type }) => type === id))
    return `${id} is a type, and no server: -t ${id} means all of it`;
  const near = nearest(
    id,
    servers.map((one) => one.id),
  );
  return `there is no server ${id}${near === undefined ? '' : `; did you mean ${near}?`}`;
}

/** Operations on servers that are not there yet, or not any more. */
const ofAbsent: ReadonlySet<string> = new Set(['servers.restore', 'servers.claim', 'servers.release']);

/** Why servers that an operation on servers names are not there; undefined where all are, or need not be. */
export function whyNoServers(
  verb: string,
  { ids, id }: Readonly<Record<string, unknown>>,
  servers: readonly NamedServer[],
): string | undefined {
  if (!verb.startsWith('servers.') || ofAbsent.has(verb)) return undefined;
  const named = Array.isArray(ids) ? ids.map(String) : typeof id === 'string' ? [id] : [];
  for (const one of named) {
    const why = whyNoServer(one, servers);
    if (why !== undefined) return why;
  }
  return undefined;
}
