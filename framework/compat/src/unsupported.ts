import { PomeloError } from '@pomelo-ts/common';

/** The error for what old apps could do and those of pomelo-ts cannot; `cure` says what to do instead. */
export function unsupported(what: string, cure: string): PomeloError {
  return new PomeloError('OLD_APP_UNSUPPORTED', { what, cure });
}
