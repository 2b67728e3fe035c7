import { isUtf8 } from 'node:buffer';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { PomeloError } from '@pomelo-ts/common';

/** Most bytes of a body. */
const mostBodyBytes = 64 * 1024;
/** Most bytes of one that is too long that are read all the same, so that the connection can go on with the next request. */
const mostReadBytes = 1024 * 1024;
/** Deepest nesting of a body. */
const deepest = 20;

/** The JSON object that a request has; an empty one for none. @throws REQUEST_MALFORMED, REQUEST_LARGE */
export async function readBody(incoming: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const body = await bytesOf(incoming);
  if (body.length === 0) return {};
  requirePlainJson(incoming.headers);
  if (!isUtf8(body)) throw invalid('UTF-8');
  let value: unknown;
  try {
    value = JSON.parse(body.toString());
  } catch {
    throw invalid('JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid('an object');
  if (isDeeper(value, deepest)) throw invalid(`at most ${deepest} values within each other`);
  return value as Readonly<Record<string, unknown>>;
}

/** @throws REQUEST_MALFORMED for what is packed, or written in other letters: it would be taken for something else than was meant */
function requirePlainJson(headers: IncomingHttpHeaders): void {
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = headers;
  if (!/^application\/json\b/i.test(type))
    throw invalid(`content-type application/json, got ${type || 'none'}`);
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(type)?.[1] ?? 'utf-8';
  if (!/^(?:utf-?8|us-ascii)$/i.test(charset)) throw invalid(`charset utf-8, got ${charset}`);
  if (encoding !== 'identity') throw invalid(`no content-encoding, got ${encoding}`);
}

/** Read from Node's own stream, by its events: a web stream around it, or an iterator over it, costs more than all else of a small request. */
async function bytesOf(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  await new Promise<void>((resolve) => {
    const keep = (part: Buffer) => {
      if (bytes <= mostBodyBytes) parts.push(part);
      bytes += part.length;
      if (bytes <= mostReadBytes) return;
      incoming.off('data', keep).pause();
      resolve();
    };
    incoming.on('data', keep);
    for (const end of ['end', 'close', 'error']) incoming.once(end, () => resolve());
    if (incoming.closed) resolve();
  });
  if (bytes > mostBodyBytes) throw new PomeloError('REQUEST_LARGE', { most: mostBodyBytes });
  if (!incoming.complete) throw invalid('all of it'); // whoever sends it is gone: that is no failure of ours
  return Buffer.concat(parts);
}

/** One of the texts that a body must have. @throws REQUEST_MALFORMED */
export function textIn(body: Readonly<Record<string, unknown>>, name: string): string {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  if (typeof value !== 'string') throw invalid(`${name} as a text`);
  return value;
}

/** A text that a body may have. @throws REQUEST_MALFORMED when it is none */
export const someTextIn = (body: Readonly<Record<string, unknown>>, name: string): string | undefined =>
  Object.hasOwn(body, name) ? textIn(body, name) : undefined;

const invalid = (expected: string) => new PomeloError('REQUEST_MALFORMED', { expected });

function isDeeper(value: object, most: number): boolean {
  let level: object[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth >= most) return true;
    level = level.flatMap((one) =>
      Object.values(one).filter((inner): inner is object => typeof inner === 'object' && inner !== null),
    );
  }
  return false;
}
