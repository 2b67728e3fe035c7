import { closeSync, openSync, readSync } from 'node:fs';
import { tokenVariable } from '@pomelo-ts/cluster/internal';
import { PomeloError } from '@pomelo-ts/common';

/** What a key looks like. */
const keyShape = /^pt_[0-9a-f]{12}_[\w-]{43}$/;

/** Most bytes that are read of a file: a key, and what blanks are around it. It may be a pipe, and a device that has no end. */
const mostBytes = 4096;

/** The key to ask the admin at `url` with: that of a file, or of the environment. @throws REMOTE_KEY_MISSING */
export function readKey(url: string, file: string | undefined): string {
  const missing = (is: string) =>
    new PomeloError('REMOTE_KEY_MISSING', { url, where: `${file ?? tokenVariable} ${is}` });
  const key = (file === undefined ? process.env[tokenVariable] : textOf(file, missing))?.trim();
  if (key && keyShape.test(key)) return key;
  if (key) throw missing('holds none, which would be pt_… on one line');
  throw missing(file === undefined ? 'is not set' : 'is empty');
}

function textOf(file: string, missing: (is: string) => PomeloError): string {
  try {
    const bytes = Buffer.alloc(mostBytes);
    const opened = openSync(file, 'r');
    try {
      let length = 0;
      for (let more = 1; more > 0 && length < mostBytes; length += more)
        more = readSync(opened, bytes, length, mostBytes - length, null);
      return bytes.toString('utf8', 0, length);
    } finally {
      closeSync(opened);
    }
  } catch (error) {
    throw missing(`cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}
