import type { IncomingMessage, ServerResponse } from 'node:http';
import sirv from 'sirv';

/** Answers requests for the files of a folder, read anew each time: a rebuilt page needs no restart. */
export function servePage(folder: string): (request: IncomingMessage, response: ServerResponse) => boolean {
  const files = sirv(folder, { dev: true, etag: true });
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    let taken = true;
    files(request, response, () => {
      taken = false;
    });
    return taken;
  };
}
