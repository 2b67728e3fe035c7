import { hostname } from 'node:os';
import { openFilesLimit } from '@pomelo-ts/common/internal';

/** What a server tells of the host it runs on. */
export interface OwnFacts {
  /** What its clock says, in ms since 1970. */
  readonly time: number;
  /** Version of Node, such as `v20.20.2`. */
  readonly node: string;
  /** The host's own name. */
  readonly hostname: string;
  /** How many files and sockets it may have open; missing where the system does not tell. */
  readonly openFiles?: number;
}

export function ownFacts(): OwnFacts {
  const openFiles = openFilesLimit();
  const facts = { time: Date.now(), node: process.version, hostname: hostname() };
  return openFiles === undefined ? facts : { ...facts, openFiles };
}
