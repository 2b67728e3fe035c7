import type { ts } from '../compiler.js';

/** Where a type stands in the contract: what problems of it name. */
export interface Place {
  /** Such as `chat.chatHandler.send answer.users`. */
  readonly path: string;
  /** The nearest declaration in the game's own sources. */
  readonly node: ts.Node;
  /** Whether clients send the value, or get it. */
  readonly sent: 'by clients' | 'to clients';
}

/** A place inside `place`; `node` where that is in the game's own sources. */
export function inside(place: Place, step: string, node?: ts.Node): Place {
  const own = node !== undefined && !node.getSourceFile().isDeclarationFile;
  return { ...place, path: place.path + step, node: own ? node : place.node };
}
