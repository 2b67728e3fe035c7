import type { IncomingHttpHeaders } from 'node:http';

/** Which web pages may connect: those of the same host, any, those listed, or those a function accepts. */
export type OriginRule =
  | 'same-host'
  | 'any'
  | readonly string[]
  | ((origin: string, headers: IncomingHttpHeaders) => boolean);

/** Whether a WebSocket upgrade with these headers may go on. One without an origin comes from a program, not a page. */
export function originAllowed(rule: OriginRule, headers: IncomingHttpHeaders): boolean {
  const { origin } = headers;
  if (origin === undefined || rule === 'any') return true;
  if (typeof rule === 'function') return rule(origin, headers);
  if (rule === 'same-host') return hostOf(origin) === hostOf(`http://${headers.host ?? ''}`);
  return rule.some((allowed) => matches(allowed, origin));
}

/** The host without its port: a page of the gate may connect to a connector on the same machine. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).hostname : undefined;
}

/** `allowed` is an origin, or one with `*.` before its host that stands for one or more labels. */
function matches(allowed: string, origin: string): boolean {
  const wildcard = allowed.indexOf('://*.');
  if (wildcard < 0) return allowed.toLowerCase() === origin.toLowerCase();
  const scheme = allowed.slice(0, wildcard + 3).toLowerCase();
  const suffix = allowed.slice(wildcard + 4).toLowerCase();
  const text = origin.toLowerCase();
  return text.startsWith(scheme) && text.endsWith(suffix) && text.length > scheme.length + suffix.length;
}
