import { approvalAsked, noteApproval } from '../session/approval-store.js';
import { withProof } from '../session/proof-store.js';
import { jsonLines } from './lines.js';
import { ApiError, ask, request } from './request.js';

/** What goes on while an operation does. */
interface OperateOptions {
  readonly onProgress?: (event: unknown) => void;
  /** Aborted when its answer is not waited for any more; what only watches ends then. */
  readonly signal?: AbortSignal;
}

/**
 * Has the master, or the server of the page, carry out an operation. When it wants to know first that it is still the same person, they are
 * asked, and it is tried again.
 *
 * @throws ApiError
 */
export async function operate<T>(
  verb: string,
  args: object,
  { onProgress, signal }: OperateOptions = {},
): Promise<T> {
  const path = `operations/${encodeURIComponent(verb)}`;
  return withProof(async () => {
    const waits = approvalAsked(verb);
    if (!onProgress && !waits) return (await ask<{ answer: T }>('POST', path, args, { signal })).answer;
    const response = await request('POST', path, args, { accept: 'application/x-ndjson', signal });
    if (!waits) return readStream<T>(response, onProgress!);
    const waiting = noteApproval(verb);
    try {
      return await readStream<T>(response, (event) => {
        waiting.told(event);
        onProgress?.(event);
      });
    } finally {
      waiting.over();
    }
  });
}

interface StreamLine {
  readonly progress?: unknown;
  readonly answer?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

async function readStream<T>(response: Response, onProgress: (event: unknown) => void): Promise<T> {
  for await (const one of jsonLines(response.body!)) {
    const line = one as StreamLine;
    if (line.error) throw new ApiError(line.error.code, line.error.message, response.status);
    if ('answer' in line) return line.answer as T;
    onProgress(line.progress);
  }
  throw new ApiError('STREAM_ENDED', 'the connection ended before the answer', response.status);
}
