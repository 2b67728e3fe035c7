/** What the system says of a disk that is full, over its quota, broken, or read-only since it broke. */
const codes: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT', 'EIO', 'EROFS']);

/** Whether a file could not be written for a reason that lies in the disk, which an operator has to mend while the game runs on. */
export const isNoRoom = (error: unknown): boolean => codes.has((error as NodeJS.ErrnoException).code);
