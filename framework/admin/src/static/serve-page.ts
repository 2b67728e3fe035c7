import { PomeloError } from '@pomelo-ts/common';
import type { Context } from 'hono';
import type { Page } from './read-page.js';

const [yearSeconds, atOnce] = [31_536_000, 'no-cache'];

/** A file of the page; any other path is a view of it, which the page itself finds. @throws ROUTE_MISSING */
export function servePage({ req }: Context, page: Page): Response {
  const path = new URL(req.url).pathname;
  const file = page.get(path) ?? (path.startsWith('/assets/') ? undefined : page.get('/index.html'));
  if (!file) throw new PomeloError('ROUTE_MISSING', {});
  const packed = file.gzip !== undefined && /\bgzip\b/.test(req.header('accept-encoding') ?? '');
  return new Response(new Uint8Array(packed ? file.gzip! : file.body), {
    headers: {
      'content-type': file.type,
      'cache-control': file.lasts ? `public, max-age=${yearSeconds}, immutable` : atOnce,
      vary: 'accept-encoding',
      ...(packed && { 'content-encoding': 'gzip' }),
    },
  });
}
