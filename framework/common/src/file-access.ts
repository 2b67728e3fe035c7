import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';

/** Who is in the way of a file that this process may not use. */
export interface OtherOwner {
  /** The file, or the folder above it, that this user has no right to. */
  readonly path: string;
  readonly owner: string;
  readonly user: string;
}

const { R_OK, W_OK, X_OK } = constants;

/** Whose the file is that this user may not read, or whose the folder is in which it may not look; undefined when it may, or there is none. */
export function otherOwner(path: string, { write = false } = {}): OtherOwner | undefined {
  for (const folder of foldersAbove(path)) if (!may(folder, X_OK)) return told(folder);
  const rights = R_OK | (write ? W_OK : 0);
  return may(path, rights) ? undefined : told(path);
}

/** What {@link otherOwner} found, in words for an operator. */
export const showOtherOwner = ({ path, owner, user }: OtherOwner): string =>
  `${path} belongs to ${owner}, and this is run by ${user}, who has no right to it: run it as ${owner}, such as with sudo -u ${owner}`;

/** The highest first. */
function foldersAbove(path: string): string[] {
  const above = dirname(path);
  return above === path ? [] : [...foldersAbove(above), above];
}

/** Also where there is nothing. */
function may(path: string, rights: number): boolean {
  try {
    accessSync(path, rights);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'EACCES' && code !== 'EPERM';
  }
}

function told(path: string): OtherOwner {
  return { path, owner: userName(statSync(path).uid), user: ownName() };
}

function ownName(): string {
  try {
    return userInfo().username;
  } catch {
    return userName(process.geteuid?.() ?? 0); // one without a name
  }
}

/** As the system names it; its number where nobody does. */
function userName(uid: number): string {
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((one) => one.split(':')[2] === String(uid));
    return line?.split(':')[0] ?? `#${uid}`;
  } catch {
    return `#${uid}`;
  }
}
