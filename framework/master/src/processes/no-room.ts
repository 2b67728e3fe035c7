/** What the system says of a disk that is full, or over its quota. */
const codes: ReadonlySet<unknown> = new Set(['ENOSPC', 'EDQUOT']);

/** Whether a file could not be written for want of room. */
export const isNoRoom = (error: unknown): boolean => codes.has((error as NodeJS.ErrnoException).code);
