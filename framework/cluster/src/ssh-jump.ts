/** A host on the way to another one. */
export interface Jump {
  readonly user?: string;
  readonly host: string;
  readonly port?: number;
}

/** Hosts on the way as ssh has them, `user@host:port,[fd00::2]:22`; a part that is none is undefined. `none` means that there are none. */
export function readJumps(text: string): readonly (Jump | undefined)[] {
  return text.trim().toLowerCase() === 'none' ? [] : text.split(',').map((part) => readJump(part.trim()));
}

function readJump(part: string): Jump | undefined {
  const [, user, bracketed, plain, port] =
    /^(?:([^@\s]+)@)?(?:\[([^\]\s]+)\]|([^[\]@:\s]+|[^[\]@\s]*:[^[\]@\s]*:[^[\]@\s]*))(?::(\d+))?$/.exec(
      part,
    ) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || host === '') return undefined;
  if (port !== undefined && (Number(port) < 1 || Number(port) > 65_535)) return undefined;
  return { host, ...(user !== undefined && { user }), ...(port !== undefined && { port: Number(port) }) };
}
