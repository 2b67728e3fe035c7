import { ProtocolError } from './errors.js';

const largestCode = 0xffff;

/** Two-byte codes for routes, agreed on in the handshake. Every server of a cluster must build the same one. */
export class RouteDictionary {
  readonly #codes: ReadonlyMap<string, number>;
  /** Indexed by code. A client may be told codes with holes between them. */
  readonly #routes: readonly (string | undefined)[];

  private constructor(codes: ReadonlyMap<string, number>) {
    const routes: (string | undefined)[] = [];
    for (const [route, code] of codes) {
      if (!Number.isInteger(code) || code < 1 || code > largestCode) {
        throw new ProtocolError('DICTIONARY', {
          reason: `the code of ${route} is ${code}, not from 1 to ${largestCode}`,
        });
      }
      if (routes[code] !== undefined) {
        throw new ProtocolError('DICTIONARY', { reason: `${routes[code]} and ${route} share code ${code}` });
      }
      // Filled one by one, so that the array never turns sparse (and slow) when a code jumps ahead.
      while (routes.length < code) routes.push(undefined);
      routes[code] = route;
    }
    this.#codes = codes;
    this.#routes = routes;
  }

  /**
   * Numbers routes as pomelo does: handler routes in JavaScript's default order from 1, then `extra` (push routes,
   * pomelo's dictionary.json) in their own order. A route named twice keeps its first code.
   *
   * @throws ProtocolError `DICTIONARY` for more than 65535 routes
   */
  static fromRoutes(handlerRoutes: readonly string[], extra: readonly string[] = []): RouteDictionary {
    const codes = new Map<string, number>();
    for (const route of [...[...handlerRoutes].sort(), ...extra]) {
      if (!codes.has(route)) codes.set(route, codes.size + 1);
    }
    return new RouteDictionary(codes);
  }

  /**
   * The dictionary that a handshake brought.
   * @throws ProtocolError `DICTIONARY` for a code that is not a whole number from 1 to 65535, or is used twice
   */
  static fromObject(dict: Readonly<Record<string, number>>): RouteDictionary {
    return new RouteDictionary(new Map(Object.entries(dict)));
  }

  get size(): number {
    return this.#codes.size;
  }

  /** 0 when the route has no code. */
  codeOf(route: string): number {
    return this.#codes.get(route) ?? 0;
  }

  routeOf(code: number): string | undefined {
    return this.#routes[code];
  }

  /** As the handshake carries it; a route called `__proto__` is an ordinary key of it. */
  toObject(): Record<string, number> {
    return Object.fromEntries(this.#codes);
  }
}
