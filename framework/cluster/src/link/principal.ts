/** Who asks for an operation, as the one who holds an operator's key says: nobody proves that name. */
export interface Principal {
  /** Such as `ann@build-7`, the user and the host of a command line. At most 128 characters, none that a terminal obeys. */
  readonly name: string;
  /** What speaks for them: `cli`, or the master itself (`master`). Lower-case letters and hyphens. */
  readonly via: string;
  /** Address that they ask from, where whoever serves them has seen it; nobody says so of themselves. */
  readonly from?: string;
}

/**
 * What somebody may have a master do: a `viewer` only looks, an `operator` keeps what there is running, an `admin` decides what there is and
 * who may come in. Each may do what those before may.
 */
export type OperatorRole = 'viewer' | 'operator' | 'admin';

/** Longest name of who asks, and of what speaks for them, in characters. */
const longestName = 128;
const longestVia = 20;

/** What is shown of somebody who has not said who it is. */
const nobody: Principal = { name: 'unnamed', via: 'link' };

/** What is no letter, digit, mark or sign: controls, marks that turn the direction of text, and what has no width. */
const unseen = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * Reads who asks from what came over a link. Never throws: a name goes into logs and tables, and what makes no sense there is made
 * readable or left out.
 */
export function readPrincipal(value: unknown): Principal {
  if (typeof value !== 'object' || value === null) return nobody;
  const { name, via } = value as Readonly<Record<string, unknown>>;
  if (typeof name !== 'string' || name.trim() === '') return nobody;
  const known = typeof via === 'string' && via.length <= longestVia && /^[a-z][a-z-]*$/.test(via);
  return { name: readable(name), via: known ? via : nobody.via };
}

/** Cut before and after: what is cut off is not worth its escaping, and escapes are longer than what they stand for. */
const readable = (name: string): string =>
  name.slice(0, longestName).replace(unseen, codeOf).slice(0, longestName);

const codeOf = (found: string): string => `\\u{${found.codePointAt(0)!.toString(16)}}`;
